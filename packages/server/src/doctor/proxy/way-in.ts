/** Checks of the way to the server: name, certificate, redirect to https, and whether this installation answers. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { cut, own, VERSION } from '@hoory/contract';
import { codeOf } from '../../db/database-failed.ts';
import { judgeClock } from '../clock.ts';
import { failed, ok, reasonOf, skipped, type Verdict, warning } from '../findings.ts';
import { isLocal } from '../settings.ts';
import { proofOf } from '../token.ts';
import { askEcho, withoutToken } from './answers.ts';
import { lineFor } from './lines.ts';
import { type Site, send } from './site.ts';

const nothingWorks = 'Nobody reaches the server';

/** Whether the name has an address, and the address no path. */
export async function checkAddress({ address }: Site): Promise<Verdict> {
  if (address.pathname !== '/')
    return failed({
      found: `The address has the path ${address.pathname}`,
      breaks: 'The desk, the chat and links to files expect the root of a host',
      change: 'Give Hoory a host name of its own, such as https://chat.example.com',
    });
  const { hostname } = address;
  if (isIP(hostname.replace(/^\[|\]$/g, '')) || isLocal(hostname))
    return ok(`${hostname} needs no name server`);
  try {
    const found = await lookup(hostname, { all: true });
    return ok(`${hostname} leads to ${found.map((one) => one.address).join(', ')}`);
  } catch (error) {
    return failed({
      found: `${hostname} leads to no address: ${reasonOf(error)}`,
      breaks: nothingWorks,
      change: `An A or AAAA record for ${hostname}`,
    });
  }
}

const dayMs = 86_400_000;
const tlsTimeoutMs = 10_000;

/** Whether browsers accept the certificate, and for how long. */
export async function checkCertificate({ address, server }: Site): Promise<Verdict> {
  if (address.protocol !== 'https:')
    return isLocal(address.hostname)
      ? skipped('The address is not https')
      : warning({
          found: 'The address is not https',
          breaks: 'Passwords and tokens travel unencrypted',
          change: `HOORY_URL=https://${address.host}, and a certificate in the proxy`,
        });
  return judgeCertificate(await readCertificate(address), lineFor('certificate', server));
}

interface Certificate {
  /** Why it is refused, as a code of OpenSSL or Node. */
  error: string | undefined;
  /** Milliseconds since 1970. */
  validTo: number;
}

const refusals: Record<string, string> = {
  CERT_HAS_EXPIRED: 'it has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificates between it and its authority are missing',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
};

/** @param line of the proxy, which names the certificate */
export function judgeCertificate({ error, validTo }: Certificate, line: string): Verdict {
  if (error !== undefined)
    return failed({
      found: `Browsers refuse the certificate: ${own(refusals, error) ?? error}`,
      breaks: 'No browser and no client connects',
      change: line,
    });
  const days = Math.floor((validTo - Date.now()) / dayMs);
  if (days >= 14) return ok(`The certificate is valid for ${days} more days`);
  return warning({
    found: `The certificate expires in ${days} days`,
    breaks: 'No browser and no client connects after that',
    change: `Renew it, and let it renew by itself. ${line}`,
  });
}

/** Validates as browsers do; the connection is made in any case, to read the certificate. */
function readCertificate({ hostname, port }: URL): Promise<Certificate> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(!isIP(host) && { servername: host }),
      rejectUnauthorized: false,
      timeout: tlsTimeoutMs,
    });
    socket.on('secureConnect', () => {
      const validTo = Date.parse(socket.getPeerCertificate().valid_to);
      // An error by its type, a code in truth for what OpenSSL has found.
      const refusal: unknown = socket.authorizationError;
      resolve({ error: refusal ? codeOf(refusal) || reasonOf(refusal) : undefined, validTo });
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error('No TLS within 10 seconds')));
    socket.on('error', reject);
  });
}

/** Whether a visitor who types the bare host is led to https. @param plain the address without https */
export async function checkRedirect(
  { address, server }: Site,
  plain = new URL(`http://${address.hostname}/app`),
): Promise<Verdict> {
  if (address.protocol !== 'https:') return skipped('The address is not https');
  const answer = await send(plain, { timeoutMs: 5000 }).catch(() => undefined);
  if (!answer) return ok('Nothing answers without https');
  const { location } = answer.headers;
  if (answer.status >= 300 && answer.status < 400 && location?.startsWith('https://'))
    return ok(`http leads to https (${answer.status})`);
  return warning({
    found: `http://${plain.host} answers ${answer.status} and does not lead to https`,
    breaks: 'Who types the address without https sends passwords unencrypted, or finds nothing',
    change: lineFor('redirect', server),
  });
}

/** Whether `/health` of a Hoory answers. @throws errors of the connection */
export async function checkHealth(site: Site): Promise<Verdict> {
  const answer = await site.ask('/health');
  if (answer.status >= 500)
    return failed({
      found: `The proxy answers ${answer.status}: it does not reach the server`,
      breaks: nothingWorks,
      change: lineFor('upstream', site.server),
    });
  if (answer.status !== 200 || !/"status":\s*"woot"/.test(answer.body))
    return failed({
      found: `/health answers ${answer.status}, and not as Hoory does`,
      breaks: 'Another program has this address, or the proxy changes paths',
      change: lineFor('upstream', site.server),
    });
  if (/"(failing|degraded)"/.test(answer.body))
    return warning({
      found: `The server says of itself: ${cut(answer.body, 200)}`,
      breaks: 'Requests are refused, or nodes notice each other late',
      change: 'See the other checks of what fails',
    });
  return ok(`/health answers in ${Math.round(answer.tookMs)} ms`);
}

/** Whether the server has the database of this doctor, and its clock. @throws errors of the connection */
export async function checkInstallation(site: Site, key: string | undefined): Promise<Verdict[]> {
  if (key === undefined || site.token === undefined) return [withoutToken()];
  const sentAt = Date.now();
  const read = await askEcho(site);
  if ('verdict' in read) return [await judgeStranger(site)];
  const { value, answer } = read;
  if (value.proof !== proofOf(key, site.token))
    return [
      failed({
        found: 'The answer was not made for this request: a cache answers, or another installation',
        breaks: 'Clients see what others asked for',
        change: 'Switch off caching in the proxy for this host',
      }),
    ];
  const midpoint = sentAt + answer.tookMs / 2;
  // The header `Date` is cut to seconds.
  const clock = judgeClock(Date.parse(answer.headers.date ?? '') + 500 - midpoint, 'the server');
  const version =
    value.version === VERSION ? '' : `, version ${value.version} beside ${VERSION} of this command`;
  return [ok(`This installation answers${version}`), ...(clock.state === 'ok' ? [] : [clock])];
}

async function judgeStranger(site: Site): Promise<Verdict> {
  const { status } = await site.askWithToken('/doctor/echo');
  const breaks = 'The other checks of the proxy cannot be made';
  if (status === 401)
    return failed({
      found: 'Another Hoory answers: it does not have the database of this command',
      breaks,
      change: `Run the doctor with the settings of the server, HOORY_DATA or DATABASE_URL; or ${lineFor('upstream', site.server)}`,
    });
  return failed({
    found: `/doctor/echo answers ${status}: an older Hoory, or another program`,
    breaks,
    change: `Start this version; or ${lineFor('upstream', site.server)}`,
  });
}
