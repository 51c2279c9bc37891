/**
 * B11: the mixed work of an office, in requests a second, beside the posts a second of B1 on SQLite and of B2 on PostgreSQL, in
 * one run and in turns (decisions.md 11).
 */
import type { App } from '../../app.ts';
import type { Config } from '../../config.ts';
import { startServer } from '../../main.ts';
import { ratioOf, toMedian } from '../figures.ts';
import { conversationPaths } from '../fixture.ts';
import { load } from '../load.ts';
import { openWorkload, type Workload } from './workload.ts';

export interface OfficeOptions {
  /** Length of a round of either side. */
  seconds: number;
}

export interface OfficeFigures {
  section: 'office';
  database: 'sqlite' | 'postgres';
  connections: number;
  /** The median of the rounds. */
  requests_per_second: number;
  /** Messages of customers and agents among them, private notes included. */
  messages_per_second: number;
  /** The median of the rounds of posts alone, with as many connections as B1 and B2. */
  posts_per_second: number;
  ratio: number;
}

const connections = 48;
const postingConnections = 64;
const rounds = 3;

/** Measures both sides in turns. @param say progress, one line each */
export async function benchOffice(
  config: Readonly<Config>,
  say: (line: string) => void,
  { seconds }: OfficeOptions,
): Promise<OfficeFigures> {
  const server = await startServer(config);
  const workload = await openWorkload(server.app, connections);
  try {
    const measured = await measureRounds({ app: server.app, workload, time: seconds * 1000, say });
    const [requests, posts] = [medianOf(measured, 'requests'), medianOf(measured, 'posts')];
    return {
      section: 'office',
      database: server.app.db.dialect,
      connections,
      requests_per_second: Math.round(requests),
      messages_per_second: Math.round(medianOf(measured, 'messages')),
      posts_per_second: Math.round(posts),
      ratio: ratioOf(requests, posts),
    };
  } finally {
    await workload.close();
    await server.close();
  }
}

/** The figures of one round, per second. */
interface Round {
  requests: number;
  messages: number;
  posts: number;
}

const medianOf = (measured: readonly Round[], figure: keyof Round): number =>
  toMedian(measured.map((round) => round[figure]));

interface Measurement {
  app: App;
  workload: Workload;
  /** Length of a round of either side, in milliseconds. */
  time: number;
  say(line: string): void;
}

/** The first half round of either side warms up, and is not measured. */
async function measureRounds({ app, workload, time, say }: Measurement): Promise<Round[]> {
  const port = Number(new URL(app.url()).port);
  const paths = await conversationPaths(app, postingConnections);
  const measured: Round[] = [];
  await load({ port, paths, time: time / 2 });
  await workload.work(time / 2);
  for (let round = 1; round <= rounds; round++) {
    await workload.delivered();
    const posts = await load({ port, paths, time });
    const worked = await workload.work(time);
    const perSecond = (count: number) => (count * 1000) / worked.time;
    const requests = perSecond(worked.requests);
    measured.push({ posts, requests, messages: perSecond(worked.messages) });
    say(
      `round ${round}: ${Math.round(requests)} requests/s of ${worked.conversations} conversations, ` +
        `${worked.frames} frames; ${Math.round(posts)} posts/s`,
    );
  }
  return measured;
}
