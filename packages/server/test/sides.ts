/** The nodes of a test: its sockets are at one of them, and the events that they receive are caused at the other one, where there are two. */
import { expect } from 'vitest';
import type { App } from '../src/app.ts';
import { redisName } from '../src/redis/keys.ts';
import { hmacName } from '../src/secrets.ts';
import type { RawCable } from './raw-cable.ts';
import type { Node, TestServer } from './server.ts';

/** As `cable/sessions.ts` keeps a session whose socket is lost; that of an open socket is kept for longer. */
const lostSessionMs = 300_000;

export interface Sides {
  /** For sockets and long polls. */
  readonly listening: Node;
  /** For everything else. The same as `listening` where there is one server. */
  readonly speaking: Node;
  /** Both change places: the next socket is opened at another node than the ones before. */
  swap(): void;
  /**
   * Breaks a socket and swaps the nodes, when the other one can restore its session.
   * @returns the id of the session
   */
  lose(socket: Pick<RawCable, 'ws' | 'frames'>): Promise<string>;
}

export function sidesOf(server: TestServer): Sides {
  let nodes: [Node, Node] = [server.other ?? server, server];
  const swap = () => {
    nodes = [nodes[1], nodes[0]];
  };
  return {
    get listening() {
      return nodes[0];
    },
    get speaking() {
      return nodes[1];
    },
    swap,
    lose: async ({ ws, frames }) => {
      ws.terminate();
      const sid = String(frames[0]?.sid);
      await untilRestorable(nodes[0], sid);
      swap();
      return sid;
    },
  };
}

/** The name in Redis of a session of the cable. */
export const sessionKeyOf = ({ installation }: App, sid: string): string =>
  redisName(installation, `session:${hmacName(installation.key, `sid:${sid}`, 22)}`);

/** Resolves when the session of an open socket can be restored at any node. */
export const untilKept = (node: Node, sid: string) => untilInRedis(node, sid, Number.POSITIVE_INFINITY);

/** Resolves when the session of a closed socket, with all that its client named, can be restored at any node. */
const untilRestorable = (node: Node, sid: string) => untilInRedis(node, sid, lostSessionMs);

async function untilInRedis({ app }: Node, sid: string, mostMs: number): Promise<void> {
  const { redis } = app;
  if (!redis) return;
  const key = sessionKeyOf(app, sid);
  const isThere = async () => {
    const leftMs = await redis.commands.pttl(key);
    return leftMs > 0 && leftMs <= mostMs;
  };
  await expect.poll(isThere, { timeout: 20_000, interval: 20 }).toBe(true);
}
