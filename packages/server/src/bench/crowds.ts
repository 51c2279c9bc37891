/**
 * B4 and B5: the memory of an idle subscribed socket, and the time of one event to the last of many sockets, beside `ws` alone
 * (decisions.md 11). The server and the sockets have a process each, and every round starts new ones.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type Child, startChild } from './child.ts';
import type { CrowdAnswer, CrowdRequest } from './crowd.ts';
import { ratioOf, toMedian } from './figures.ts';
import { sampleMessage } from './fixture.ts';
import type { MeasuredAnswer, MeasuredRequest } from './measured.ts';

const protocol = 'actioncable-v1-ext-json';
const rounds = 3;
/** Milliseconds until every socket was pinged once. */
const settleMs = 4000;
/** Events that one round of one size sends. */
const events = 7;

type WsSide = 'hoory' | 'bare';

export interface Crowds {
  config: Readonly<Config>;
  say(line: string): void;
}

/** Sockets of one side, in processes of their own. */
async function gather(side: WsSide, config: Config) {
  const server: Child<MeasuredRequest, MeasuredAnswer> = startChild('measured');
  const crowd: Child<CrowdRequest, CrowdAnswer> = startChild('crowd');
  const { port } = await server.ask({ do: 'open', side, config });
  return {
    weigh: async () => (await server.ask({ do: 'weigh' })).bytes,
    open: (identifiers: string[]) =>
      crowd.ask({ do: 'open', port, protocol, identifiers, isConfirmed: side === 'hoory' }),
    /** Milliseconds from the making of an event to the last socket. */
    tell: async (stream: string) => {
      const { at } = await server.ask({ do: 'tell', stream, data: sampleMessage });
      return Number((await crowd.ask({ do: 'hear' })) - at) / 1e6;
    },
    stop: () => Promise.all([crowd.stop(), server.stop()]),
  };
}

/** Runs `measure` for both sides in turns. @returns the medians: ours, then the bare one's */
async function inTurns(
  { config }: Crowds,
  measure: (side: WsSide, sockets: Awaited<ReturnType<typeof gather>>) => Promise<number[]>,
): Promise<[number[], number[]]> {
  const measured: Record<WsSide, number[][]> = { hoory: [], bare: [] };
  for (let round = 0; round < rounds; round++)
    for (const side of ['hoory', 'bare'] as const) {
      const sockets = await gather(side, config);
      measured[side].push(await measure(side, sockets).finally(sockets.stop));
    }
  const medians = (list: number[][]) =>
    (list[0] ?? []).map((_, index) => toMedian(list.flatMap((figures) => figures[index] ?? [])));
  return [medians(measured.hoory), medians(measured.bare)];
}

/** B4, with a socket for each identifier: bytes of resident memory each. */
export async function weighSockets(crowds: Crowds, identifiers: string[]) {
  const [[own = 0], [bare = 0]] = await inTurns(crowds, async (side, sockets) => {
    const before = await sockets.weigh();
    await sockets.open(identifiers);
    await wait(settleMs);
    const bytes = ((await sockets.weigh()) - before) / identifiers.length;
    crowds.say(`B4 ${side}: ${Math.round(bytes)} bytes for each of ${identifiers.length} sockets`);
    return [bytes];
  });
  return {
    b4_bytes_per_socket: Math.round(own),
    b4_bare_bytes_per_socket: Math.round(bare),
    b4_ratio: ratioOf(own, bare),
  };
}

/** B5, with identifiers that all receive the stream: milliseconds to the last of the first thousand, and of all. */
export async function fanOut(crowds: Crowds, identifiers: string[], stream: string) {
  const sizes = [1000, identifiers.length];
  const [own, bare] = await inTurns(crowds, async (side, sockets) => {
    const times: number[] = [];
    let opened = 0;
    for (const size of sizes) {
      await sockets.open(identifiers.slice(opened, size));
      opened = size;
      const told: number[] = [];
      for (let event = 0; event < events; event++) told.push(await sockets.tell(stream));
      times.push(toMedian(told));
      crowds.say(`B5 ${side}: ${times.at(-1)?.toFixed(1)} ms to the last of ${size} sockets`);
    }
    return times;
  });
  const figures: Record<string, number> = {};
  for (const [index, size] of sizes.entries()) {
    const { [index]: ours = 0 } = own;
    const { [index]: theirs = 0 } = bare;
    figures[`b5_${size}_ms`] = Math.round(ours * 10) / 10;
    figures[`b5_${size}_bare_ms`] = Math.round(theirs * 10) / 10;
    figures[`b5_${size}_ratio`] = ratioOf(ours, theirs);
  }
  return figures;
}
