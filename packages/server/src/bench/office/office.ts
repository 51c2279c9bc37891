/**
 * B11: the mixed work of an office, in requests a second, beside the posts a second of B1 on SQLite and of B2 on PostgreSQL, in
 * one run and in turns (decisions.md 11).
 */
import type { Config } from '../../config.ts';
import { startServer } from '../../main.ts';
import { ratioOf, toMedian } from '../figures.ts';
import { conversationPaths } from '../fixture.ts';
import { load } from '../load.ts';
import { openWorkload } from './workload.ts';

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
    const port = Number(new URL(server.app.url()).port);
    const paths = await conversationPaths(server.app, postingConnections);
    const time = seconds * 1000;
    const figures: Record<'requests' | 'messages' | 'posts', number[]> = {
      requests: [],
      messages: [],
      posts: [],
    };
    await load({ port, paths, time: time / 2 });
    await workload.work(time / 2);
    for (let round = 1; round <= rounds; round++) {
      await workload.delivered();
      const posts = await load({ port, paths, time });
      const worked = await workload.work(time);
      const perSecond = (count: number) => (count * 1000) / worked.time;
      figures.posts.push(posts);
      figures.requests.push(perSecond(worked.requests));
      figures.messages.push(perSecond(worked.messages));
      say(
        `round ${round}: ${Math.round(perSecond(worked.requests))} requests/s of ${worked.conversations} conversations, ` +
          `${worked.frames} frames; ${Math.round(posts)} posts/s`,
      );
    }
    const [requests, posts] = [toMedian(figures.requests), toMedian(figures.posts)];
    return {
      section: 'office',
      database: server.app.db.dialect,
      connections,
      requests_per_second: Math.round(requests),
      messages_per_second: Math.round(toMedian(figures.messages)),
      posts_per_second: Math.round(posts),
      ratio: ratioOf(requests, posts),
    };
  } finally {
    await workload.close();
    await server.close();
  }
}
