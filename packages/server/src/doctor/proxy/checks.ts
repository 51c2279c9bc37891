/** The checks of the way in through the proxy: first whether anything answers, then everything else side by side. */
import type { Finding } from '@hoory/contract';
import { type Check, type RunOptions, runChecks, skipped, type Verdict } from '../findings.ts';
import { lineFor } from './lines.ts';
import { checkBody, checkForwarded, checkLongPoll } from './requests.ts';
import { checkCompression, checkCors, checkHeaders } from './responses.ts';
import { openSite, type Site } from './site.ts';
import { checkSocket } from './socket.ts';
import { checkAddress, checkCertificate, checkHealth, checkInstallation, checkRedirect } from './way-in.ts';

export interface ProxyOptions {
  address: URL;
  /** Bytes of the largest file that the server takes. */
  maxFile: number;
  /** The installation's key; without it what needs a token is skipped. */
  key: string | undefined;
  /** A site that embeds the chat. */
  origin: string;
  /** For which a long poll and a socket are held open. */
  waitSeconds: number;
}

/** Checks `address`. Never rejects. */
export async function examineProxy(options: ProxyOptions, run: RunOptions): Promise<Finding[]> {
  const site = openSite(options.address, options.key);
  const first = await runChecks(firstChecks(site), run);
  const isReached = first.some(({ check, state }) => check === 'health' && state !== 'failed');
  if (!isReached) return [...first, ...(await runChecks([unreached], run))];
  const timeoutMs = run.timeoutMs + options.waitSeconds * 1000;
  return [...first, ...(await runChecks(laterChecks(site, options), { ...run, timeoutMs }))];
}

const unreached: Check = {
  name: 'proxy',
  breaks: '',
  change: '',
  run: async () => skipped('The rest of the way in is checked once /health answers'),
};

const named = (name: string, change: string, run: () => Promise<Verdict | Verdict[]>): Check => ({
  name,
  breaks: 'Clients meet the same',
  change,
  run,
});

const firstChecks = (site: Site): Check[] => [
  named('address', 'The name servers of the host', () => checkAddress(site)),
  named('certificate', lineFor('certificate', undefined), () => checkCertificate(site)),
  named('https', lineFor('redirect', undefined), () => checkRedirect(site)),
  {
    name: 'health',
    breaks: 'Nobody reaches the server',
    change: `Start the server and the proxy, and open the port. ${lineFor('upstream', undefined)}`,
    run: () => checkHealth(site),
  },
];

function laterChecks(site: Site, { maxFile, key, origin, waitSeconds }: ProxyOptions): Check[] {
  const upstream = lineFor('upstream', site.server);
  return [
    named('installation', upstream, () => checkInstallation(site, key)),
    named('socket', lineFor('upgrade', site.server), () =>
      checkSocket(site, { origin, seconds: waitSeconds }),
    ),
    named('forwarded', lineFor('forwardedFor', site.server), () => checkForwarded(site)),
    named('body-size', lineFor('body', site.server), () => checkBody(site, maxFile)),
    named('long-poll', lineFor('longPoll', site.server), () => checkLongPoll(site, waitSeconds)),
    named('cors', lineFor('cors', site.server), () => checkCors(site, origin)),
    named('headers', lineFor('headers', site.server), () => checkHeaders(site)),
    named('compression', lineFor('compression', site.server), () => checkCompression(site)),
  ];
}
