/** Checks of what the proxy makes of requests: forwarded headers, large bodies, long polls. */
import { failed, ok, okUnless, reasonOf, type Verdict, warning } from '../findings.ts';
import { askEcho, askWait, type Echo, withoutAnswer, withoutToken } from './answers.ts';
import { lineFor } from './lines.ts';
import { BodyCut, type Site } from './site.ts';

/** An address of the documentation (RFC 5737), which a client claims here to see whether it is believed. */
const claimed = '192.0.2.44';

/** Whether the server sees the client's address and the public host. @throws errors of the connection */
export async function checkForwarded(site: Site): Promise<Verdict[]> {
  if (!site.token) return [withoutToken()];
  const read = await askEcho(site, { headers: { 'x-forwarded-for': claimed } });
  if ('verdict' in read) return [read.verdict];
  const { value, answer } = read;
  // Nothing stands between when the server's peer is this very connection.
  if (value.peer_port === answer.localPort && value.forwarded_for === claimed)
    return value.is_peer_trusted && !isLoopback(value.peer)
      ? [trustsClients(value)]
      : [ok('No proxy stands between')];
  return okUnless(
    [judgeChain(value, site.server), judgeHost(value, site)].filter((one) => one !== undefined),
    `The server sees ${value.address} as the client, through the proxy ${value.peer}`,
  );
}

const isLoopback = (address: string) => /^(::1|::ffff:127\.|127\.)/.test(address);

const limits = 'All visitors share one limit of requests by address: a busy day refuses them with 429';

function judgeChain(echo: Echo, server: string | undefined): Verdict | undefined {
  const { forwarded_for, peer, is_peer_trusted } = echo;
  const peerText = peer.replace(/^::ffff:/, '');
  if (forwarded_for === null)
    return warning({
      found: `Requests come from ${peerText} without X-Forwarded-For`,
      breaks: limits,
      change: `${lineFor('forwardedFor', server)}, and HOORY_TRUSTED_PROXIES=${peerText}`,
    });
  if (forwarded_for === claimed)
    return failed({
      found: 'The proxy passes on the X-Forwarded-For that the client has sent, and adds nothing',
      breaks: is_peer_trusted ? 'Clients choose the address that the rate limits count' : limits,
      change: lineFor('forwardedFor', server),
    });
  if (!is_peer_trusted)
    return warning({
      found: `Requests come from the proxy ${peerText}, which HOORY_TRUSTED_PROXIES does not list`,
      breaks: limits,
      change: `HOORY_TRUSTED_PROXIES=${peerText}`,
    });
  return undefined;
}

const trustsClients = ({ peer }: Echo): Verdict =>
  failed({
    found: `HOORY_TRUSTED_PROXIES lists ${peer}, which is no proxy`,
    breaks: 'Clients choose the address that the rate limits count',
    change: 'HOORY_TRUSTED_PROXIES=<the addresses of your proxies>',
  });

/** The server builds its links from `HOORY_URL`, so these headers break nothing by themselves. */
function judgeHost(
  { host, forwarded_host, forwarded_proto }: Echo,
  { address, server }: Site,
): Verdict | undefined {
  const seen = forwarded_host ?? host ?? '';
  const isHost = seen.replace(/:\d+$/, '') === address.hostname;
  const isProtocol = forwarded_proto !== null && `${forwarded_proto}:` === address.protocol;
  if (isHost && isProtocol) return undefined;
  return warning({
    found: `The server sees the host ${seen || 'of nobody'} and the protocol ${forwarded_proto ?? 'of nobody'}, not ${address.protocol}//${address.host}`,
    breaks:
      'Nothing today, because links are made from HOORY_URL; logs of the server and other tools behind the proxy are misled',
    change: lineFor('host', server),
  });
}

/** Bytes that are sent at most; of a larger body the length is declared and the beginning is sent. */
const maxSentBytes = 64 * 1024 * 1024;
/** Fields and boundaries of a form around the file. */
const formBytes = 4096;
const bodyTimeoutMs = 30_000;

/** Whether a file of the largest size reaches the server, which discards it. */
export async function checkBody(site: Site, maxFile: number): Promise<Verdict> {
  if (!site.token) return withoutToken();
  const bytes = maxFile + formBytes;
  const size = `${Math.round((maxFile / 1024 / 1024) * 10) / 10} MB`;
  const refused = (found: string) =>
    failed({
      found,
      breaks: `Files up to HOORY_MAX_FILE (${size}) cannot be sent: the desk and the chat show an error`,
      change: `${lineFor('body', site.server)} or a smaller HOORY_MAX_FILE`,
    });
  try {
    const answer = await site.askWithToken('/doctor/upload', {
      method: 'POST',
      body: { bytes, sentBytes: maxSentBytes },
      timeoutMs: bodyTimeoutMs,
    });
    if (answer.status === 200) return ok(`A body of ${size} reaches the server`);
    if (answer.status === 413) return refused(`The proxy refuses a body of ${size} with 413`);
    return withoutAnswer(site, answer);
  } catch (error) {
    if (error instanceof BodyCut) return ok(`A body of ${size} is not refused; its first 64 MB were sent`);
    return refused(`A body of ${size} does not reach the server: ${reasonOf(error)}`);
  }
}

/** Delay of an answer that people notice. */
const lateMs = 2000;

/** Whether a request that waits is answered, and when. */
export async function checkLongPoll(site: Site, seconds: number): Promise<Verdict> {
  if (!site.token) return withoutToken();
  const breaks = 'Clients without a socket get events late or not at all, and ask again and again';
  const change = lineFor('longPoll', site.server);
  try {
    const read = await askWait(site, seconds, (seconds + 15) * 1000);
    if ('verdict' in read) return judgeUnanswered(read.verdict, { breaks, change });
    const delayMs = read.answer.tookMs - read.value.waited_ms;
    if (read.value.waited_ms < seconds * 900)
      return failed({ found: 'The proxy gave the request up before it was answered', breaks, change });
    if (delayMs > lateMs)
      return warning({
        found: `The answer to a long poll arrives ${Math.round(delayMs / 1000)} seconds late`,
        breaks,
        change,
      });
    return ok(`A request that waits for ${seconds} seconds is answered in time`);
  } catch (error) {
    return failed({
      found: `A request that waits for ${seconds} seconds is cut: ${reasonOf(error)}`,
      breaks,
      change,
    });
  }
}

/** The proxy's own answer, such as 504, has the cause of a cut. */
const judgeUnanswered = (verdict: Verdict, fault: { breaks: string; change: string }): Verdict =>
  verdict.state === 'failed' ? { ...verdict, ...fault } : verdict;
