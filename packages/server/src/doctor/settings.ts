/** Checks of the settings: each alone as the start does, and those that do not fit together. */
import type { Config } from '../config.ts';
import { BadSettings, readConfig } from '../config.ts';
import { failed, okUnless, type Verdict, warning } from './findings.ts';

export interface ReadSettings {
  /** Undefined when a setting is wrong. */
  config: Readonly<Config> | undefined;
  faults: readonly string[];
}

/** Reads the settings without stopping at a fault. */
export function readSettings(env: Record<string, string | undefined>): ReadSettings {
  try {
    return { config: readConfig(env), faults: [] };
  } catch (error) {
    if (error instanceof BadSettings) return { config: undefined, faults: error.faults };
    throw error;
  }
}

export const checkSettings = ({ config, faults }: ReadSettings, address: URL | undefined): Verdict[] => {
  if (!config) return faults.map(wrongSetting);
  return okUnless(combinations(config, address), 'Every setting is valid');
};

const wrongSetting = (fault: string): Verdict =>
  failed({ found: fault, breaks: 'The server does not start', change: fault.split(':')[0] ?? fault });

/** @param address the public address that is checked, where it may differ from `HOORY_URL` */
function combinations(config: Readonly<Config>, address: URL | undefined): Verdict[] {
  const url = new URL(config.url);
  const faults: Verdict[] = [];
  if (address && address.origin !== url.origin)
    faults.push(
      warning({
        found: `HOORY_URL is ${config.url}, and the address to check is ${address.origin}`,
        breaks: 'Links to files, links in e-mails and the socket of the desk lead to HOORY_URL',
        change: `HOORY_URL=${address.origin}`,
      }),
    );
  if (!isLocal(url.hostname) && url.protocol === 'http:')
    faults.push(
      warning({
        found: 'HOORY_URL is public and not https',
        breaks:
          'Passwords and tokens travel unencrypted; browsers offer no notifications and no offline desk without https',
        change: `HOORY_URL=https://${url.host}`,
      }),
    );
  if (isOpen(config.host) && url.protocol === 'https:')
    faults.push(
      warning({
        found: `HOST is ${config.host}: the server may be reached past the proxy, without https`,
        breaks: 'Whoever reaches the port sends passwords unencrypted, and chooses no proxy',
        change: 'HOST=127.0.0.1, where the proxy is on this machine; otherwise close the port to all others',
      }),
    );
  if (config.trustedProxies.some((proxy) => /\/0$/.test(proxy)))
    faults.push(
      failed({
        found: 'HOORY_TRUSTED_PROXIES trusts every address',
        breaks: 'Anybody chooses the address that the rate limits count, and so escapes them',
        change: 'HOORY_TRUSTED_PROXIES=<the addresses of your proxies>',
      }),
    );
  if (!config.rateLimits)
    faults.push(
      warning({
        found: 'HOORY_RATE_LIMITS is off',
        breaks: 'One caller may use up the server, and guess passwords without a pause',
        change: 'HOORY_RATE_LIMITS=on',
      }),
    );
  if (config.webhookAllow.some((entry) => /\/0$/.test(entry)))
    faults.push(
      warning({
        found: 'HOORY_WEBHOOK_ALLOW allows every private address',
        breaks: 'Administrators of an account can make this server send requests into your network',
        change: 'HOORY_WEBHOOK_ALLOW=<the hosts of your receivers>',
      }),
    );
  return faults;
}

/** Whether a host is this machine. */
export const isLocal = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);

const isOpen = (host: string): boolean => host === '0.0.0.0' || host === '::';
