/** B9: two nodes on one PostgreSQL and one Redis beside one of them: messages a second, and one event to many sockets (decisions.md 11). */
import type { Config } from '../config.ts';
import { startServer } from '../main.ts';
import { startChild } from './child.ts';
import type { CrowdAnswer, CrowdRequest } from './crowd.ts';
import { ratioOf, toMedian } from './figures.ts';
import { agentIdentifiers, conversationPaths, openShop } from './fixture.ts';
import { load } from './load.ts';
import { type ServerProcess, startProcess } from './server-process.ts';

export interface NodesFigures {
  section: 'nodes';
  database: 'postgres';
  connections: number;
  /** Messages a second through one node, and through two with half of the connections each. */
  one_per_second: number;
  two_per_second: number;
  posts_ratio: number;
  sockets: number;
  /** Milliseconds from a post to the last socket: all on one node, and half of them on each. */
  one_fan_out_ms: number;
  two_fan_out_ms: number;
  /** How many times faster two nodes are. */
  fan_out_ratio: number;
}

const connections = 64;
const sockets = 4000;
const rounds = 3;
/** Milliseconds of one round of one side. */
const roundTime = 4000;
/** Posts of one round whose event goes to all sockets. */
const events = 7;

/** @param say progress, one line each @throws Error without PostgreSQL and Redis */
export async function benchNodes(
  config: Readonly<Config>,
  say: (line: string) => void,
): Promise<NodesFigures> {
  if (!config.redisUrl) throw new Error('The section nodes needs --database and --redis.');
  const { paths, identifiers } = await prepare(config);
  const nodes = [await startProcess(config), await startProcess(config)];
  try {
    const ports = nodes.map(portOf);
    const posts = await comparePosts(ports, paths, say);
    const fanOut = await compareFanOut(ports, { path: paths[0] ?? '', identifiers, say });
    return { section: 'nodes', database: 'postgres', connections, ...posts, sockets, ...fanOut };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

const portOf = ({ url }: ServerProcess): number => Number(new URL(url).port);

async function prepare(config: Readonly<Config>) {
  const server = await startServer(config);
  try {
    const shop = await openShop(server.app);
    const paths = await conversationPaths(server.app, connections, shop);
    return { paths, identifiers: agentIdentifiers(sockets, shop) };
  } finally {
    await server.close();
  }
}

async function comparePosts(ports: readonly number[], paths: readonly string[], say: (line: string) => void) {
  const post = async (through: readonly number[]): Promise<number> => {
    const rates = await Promise.all(
      through.map((port, index) =>
        load({ port, paths: partOf(paths, index, through.length), time: roundTime }),
      ),
    );
    return rates.reduce((sum, rate) => sum + rate, 0);
  };
  const rates: Record<'one' | 'two', number[]> = { one: [], two: [] };
  await post(ports);
  for (let round = 1; round <= rounds; round++) {
    rates.one.push(await post(ports.slice(0, 1)));
    rates.two.push(await post(ports));
    say(
      `round ${round}: ${Math.round(rates.one.at(-1) ?? 0)}/s on one, ${Math.round(rates.two.at(-1) ?? 0)}/s on two`,
    );
  }
  const [one, two] = [toMedian(rates.one), toMedian(rates.two)];
  return { one_per_second: Math.round(one), two_per_second: Math.round(two), posts_ratio: ratioOf(two, one) };
}

const partOf = <Item>(all: readonly Item[], part: number, parts: number): Item[] =>
  all.filter((_, index) => index % parts === part);

interface FanOut {
  /** The conversation whose messages all sockets get. */
  path: string;
  identifiers: string[];
  say(line: string): void;
}

async function compareFanOut(ports: readonly number[], { path, identifiers, say }: FanOut) {
  const times: Record<'one' | 'two', number[]> = { one: [], two: [] };
  for (let round = 1; round <= rounds; round++)
    for (const [side, through] of [
      ['one', ports.slice(0, 1)],
      ['two', ports],
    ] as const) {
      times[side].push(await fanOut(through, { path, identifiers }));
      say(
        `round ${round}: ${times[side].at(-1)?.toFixed(1)} ms to the last of ${sockets} sockets on ${side}`,
      );
    }
  const [one, two] = [toMedian(times.one), toMedian(times.two)];
  const rounded = (ms: number) => Math.round(ms * 10) / 10;
  return { one_fan_out_ms: rounded(one), two_fan_out_ms: rounded(two), fan_out_ratio: ratioOf(one, two) };
}

/** Milliseconds from a post through the first node to the last socket of all, the median of some events. */
async function fanOut(ports: readonly number[], { path, identifiers }: Omit<FanOut, 'say'>): Promise<number> {
  const crowds = ports.map(() => startChild<CrowdRequest, CrowdAnswer>('crowd'));
  try {
    await Promise.all(
      crowds.map((crowd, index) =>
        crowd.ask({
          do: 'open',
          port: ports[index] ?? 0,
          protocol: 'actioncable-v1-ext-json',
          identifiers: partOf(identifiers, index, ports.length),
          isConfirmed: true,
        }),
      ),
    );
    const times: number[] = [];
    for (let event = 0; event < events; event++) {
      const at = process.hrtime.bigint();
      await postOnce(`http://127.0.0.1:${ports[0]}${path}`);
      const heard = await Promise.all(crowds.map((crowd) => crowd.ask({ do: 'hear' })));
      times.push(Math.max(...heard.map((last) => Number(last - at) / 1e6)));
    }
    return toMedian(times);
  } finally {
    await Promise.all(crowds.map((crowd) => crowd.stop()));
  }
}

async function postOnce(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: '{"content":"Hello to all"}' });
  if (!response.ok) throw new Error(`a message was answered ${response.status}`);
  await response.arrayBuffer();
}
