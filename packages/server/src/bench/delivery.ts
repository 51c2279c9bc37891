/**
 * B3: from a customer's POST to an agent's socket, at a third of the rate that the server can take, beside a server that
 * only forwards (decisions.md 11).
 */
import type { Config } from '../config.ts';
import { startChild } from './child.ts';
import { ratioOf, toMedian } from './figures.ts';
import { load } from './load.ts';
import type { MeasuredAnswer, MeasuredRequest, Side } from './measured.ts';
import type { Delays, Pacing } from './pacer.ts';

const rounds = 5;
/** Milliseconds of one round of one side. */
const roundTime = 4000;
/** Milliseconds of full load that find the rate and warm the server up. */
const loadTime = 4000;

interface Delivery {
  config: Readonly<Config>;
  say(line: string): void;
  /** One connection each. */
  paths: string[];
  /** What the agent subscribes with. */
  identifier: string;
}

export async function measureDelivery({ config, say, paths, identifier }: Delivery) {
  const servers = {
    hoory: startChild<MeasuredRequest, MeasuredAnswer>('measured'),
    forwarder: startChild<MeasuredRequest, MeasuredAnswer>('measured'),
  };
  const pacer = startChild<Pacing, Delays>('pacer');
  const open = async (side: Side & keyof typeof servers) =>
    (await servers[side].ask({ do: 'open', side, config })).port;
  try {
    const ports = { hoory: await open('hoory'), forwarder: await open('forwarder') };
    const most = await load({ port: ports.hoory, paths, time: loadTime });
    await load({ port: ports.forwarder, paths, time: loadTime / 2 });
    const rate = most / 3;
    say(`B3 at ${Math.round(rate)} messages a second, a third of ${Math.round(most)}`);
    const measured: Record<keyof typeof servers, number[]> = { hoory: [], forwarder: [] };
    for (let round = 0; round < rounds; round++)
      for (const side of ['hoory', 'forwarder'] as const) {
        const delays = await pacer.ask({
          port: ports[side],
          paths,
          protocol: 'actioncable-v1-ext-json',
          identifier: side === 'hoory' ? identifier : undefined,
          rate,
          time: roundTime,
        });
        const [p50, p99] = [
          delays[Math.floor(delays.length * 0.5)],
          delays[Math.floor(delays.length * 0.99)],
        ];
        say(`B3 ${side}: p50 ${p50?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms of ${delays.length} messages`);
        measured[side].push(p99 ?? Number.NaN);
      }
    const [own, bare] = [toMedian(measured.hoory), toMedian(measured.forwarder)];
    return {
      b3_messages_per_second: Math.round(rate),
      b3_p99_ms: Math.round(own * 100) / 100,
      b3_bare_p99_ms: Math.round(bare * 100) / 100,
      b3_ratio: ratioOf(own, bare),
    };
  } finally {
    await Promise.all([pacer, servers.hoory, servers.forwarder].map((child) => child.stop()));
  }
}
