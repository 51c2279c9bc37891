/**
 * B3: from a customer's POST to an agent's socket, at a third of the rate that the server can take, beside a server that
 * only forwards (decisions.md 11).
 */
import type { Config } from '../config.ts';
import { startChild } from './child.ts';
import { ratioOf, toMedian } from './figures.ts';
import { load } from './load.ts';
import type { MeasuredAnswer, MeasuredRequest } from './measured.ts';
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
  /** The identifier of the agent's subscription. */
  identifier: string;
}

const sides = ['hoory', 'forwarder'] as const;
type SideName = (typeof sides)[number];

export async function measureDelivery({ config, say, paths, identifier }: Delivery) {
  const servers = {
    hoory: startChild<MeasuredRequest, MeasuredAnswer>('measured'),
    forwarder: startChild<MeasuredRequest, MeasuredAnswer>('measured'),
  };
  const pacer = startChild<Pacing, Delays>('pacer');
  const open = async (side: SideName) => (await servers[side].ask({ do: 'open', side, config })).port;
  try {
    const ports = { hoory: await open('hoory'), forwarder: await open('forwarder') };
    const most = await load({ port: ports.hoory, paths, time: loadTime });
    await load({ port: ports.forwarder, paths, time: loadTime / 2 });
    const rate = most / 3;
    say(`B3 at ${Math.round(rate)} messages a second, a third of ${Math.round(most)}`);
    const measured: Record<SideName, number[]> = { hoory: [], forwarder: [] };
    const pacing = { paths, protocol: 'actioncable-v1-ext-json', rate, time: roundTime };
    for (let round = 0; round < rounds; round++)
      for (const side of sides) {
        const subscription = side === 'hoory' ? identifier : undefined;
        const delays = await pacer.ask({ ...pacing, port: ports[side], identifier: subscription });
        measured[side].push(p99Of(side, delays, say));
      }
    return toFigures(rate, toMedian(measured.hoory), toMedian(measured.forwarder));
  } finally {
    await Promise.all([pacer, servers.hoory, servers.forwarder].map((child) => child.stop()));
  }
}

/** @param delays sorted */
function p99Of(side: SideName, delays: Delays, say: (line: string) => void): number {
  const at = (share: number) => delays[Math.floor(delays.length * share)];
  const p99 = at(0.99);
  say(`B3 ${side}: p50 ${at(0.5)?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms of ${delays.length} messages`);
  return p99 ?? Number.NaN;
}

const toFigures = (rate: number, ownP99: number, bareP99: number) => ({
  b3_messages_per_second: Math.round(rate),
  b3_p99_ms: Math.round(ownP99 * 100) / 100,
  b3_bare_p99_ms: Math.round(bareP99 * 100) / 100,
  b3_ratio: ratioOf(ownP99, bareP99),
});
