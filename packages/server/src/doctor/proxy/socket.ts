/** Checks `/cable` through the proxy: the upgrade, the welcome, pings that arrive in time, and a connection that stays. */
import { WebSocket } from 'ws';
import { failed, ok, reasonOf, type Verdict } from '../findings.ts';
import { lineFor } from './lines.ts';
import type { Site } from './site.ts';

const openTimeoutMs = 10_000;
/** The server pings every 3 s; a client takes a socket for dead after 12 s. */
const silenceMs = 10_000;

const breaks =
  'Desk and chat fall back to polling: presence and typing are missing, and clients without the SDK get no events';

interface Watched {
  ws: WebSocket;
  /** Resolves with the reason when the connection fails or ends. */
  ended: Promise<string>;
  /** Resolves with the next frame of the type; false after `ms`. */
  hears(type: string, ms: number): Promise<boolean>;
}

/** @param seconds for which the connection is held */
export async function checkSocket(
  site: Site,
  { origin, seconds }: { origin: string; seconds: number },
): Promise<Verdict> {
  const watched = watch(site, origin);
  const { ws, ended, hears } = watched;
  try {
    const start = performance.now();
    const refusal = await Promise.race([ended, hears('welcome', openTimeoutMs)]);
    if (typeof refusal === 'string') return notUpgraded(site, refusal);
    if (!refusal) return notUpgraded(site, 'No welcome arrived');
    do {
      const heard = await Promise.race([ended, hears('ping', silenceMs)]);
      const after = Math.round((performance.now() - start) / 1000);
      if (typeof heard === 'string')
        return cutOff(site, `The connection ended after ${after} seconds: ${heard}`);
      if (!heard) return cutOff(site, `No ping arrived within ${silenceMs / 1000} seconds`);
    } while (performance.now() - start < seconds * 1000);
    return ok(
      `A socket was welcomed, heard its pings, and stayed for ${Math.round((performance.now() - start) / 1000)} seconds`,
    );
  } finally {
    ws.terminate();
  }
}

function watch({ address }: Site, origin: string): Watched {
  const url = new URL('/cable', address);
  url.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const ws = new WebSocket(url, ['actioncable-v1-json'], {
    origin,
    rejectUnauthorized: false,
    handshakeTimeout: openTimeoutMs,
  });
  const ended = new Promise<string>((resolve) => {
    ws.on('unexpected-response', (request, { statusCode }) => {
      resolve(`The answer to the upgrade is ${statusCode}`);
      request.destroy();
    });
    ws.on('error', (error) => resolve(reasonOf(error)));
    ws.on('close', (code) => resolve(`closed with ${code}`));
  });
  const hears = (type: string, ms: number) =>
    new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      ws.on('message', function hear(data) {
        if (!data.toString().includes(`"type":"${type}"`)) return;
        clearTimeout(timer);
        ws.off('message', hear);
        resolve(true);
      });
    });
  return { ws, ended, hears };
}

const notUpgraded = (site: Site, found: string): Verdict =>
  failed({ found: `/cable opens no WebSocket. ${found}`, breaks, change: lineFor('upgrade', site.server) });

const cutOff = (site: Site, found: string): Verdict =>
  failed({ found, breaks: 'Desk and chat reconnect all the time', change: lineFor('idle', site.server) });
