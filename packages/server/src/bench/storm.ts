/**
 * B10: sockets that are cut at once and come back, each with events that it missed, until all have resumed and have them, beside `ws`
 * alone that accepts as many (decisions.md 11).
 */
import type { Config } from '../config.ts';
import { streamOf } from '../events/emit.ts';
import { startServer } from '../main.ts';
import { startChild } from './child.ts';
import { ratioOf, toMedian } from './figures.ts';
import { customerIdentifiers, openShop, sampleMessage } from './fixture.ts';
import type { MeasuredAnswer, MeasuredRequest, Side } from './measured.ts';
import type { StormAnswer, StormRequest } from './storm-crowd.ts';

export interface StormFigures {
  section: 'storm';
  database: 'sqlite' | 'postgres';
  sockets: number;
  /** Events that each socket missed. */
  missed: number;
  /** Milliseconds, the median of the rounds. */
  resumed_ms: number;
  bare_ms: number;
  ratio: number;
}

const sockets = 5000;
const missed = 3;
const rounds = 3;

/** Measures both sides in turns. @param say progress, one line each */
export async function benchStorm(
  config: Readonly<Config>,
  say: (line: string) => void,
): Promise<StormFigures> {
  const { database, identifiers, streams } = await prepare(config);
  const times: Record<'hoory' | 'bare', number[]> = { hoory: [], bare: [] };
  for (let round = 1; round <= rounds; round++)
    for (const side of ['hoory', 'bare'] as const) {
      const time = await storm(config, { side, identifiers, streams });
      times[side].push(time);
      say(`round ${round}, ${side}: ${Math.round(time)} ms for ${sockets} sockets`);
    }
  const [own, bare] = [toMedian(times.hoory), toMedian(times.bare)];
  return {
    section: 'storm',
    database,
    sockets,
    missed,
    resumed_ms: Math.round(own),
    bare_ms: Math.round(bare),
    ratio: ratioOf(own, bare),
  };
}

/** Writes all rows with a server that is gone before the measuring begins. */
async function prepare(config: Readonly<Config>) {
  const server = await startServer(config);
  try {
    const { db } = server.app;
    const identifiers = await customerIdentifiers(server.app, sockets, await openShop(server.app));
    const sessions = await db.all(
      db.q.selectFrom('contact_inboxes').select('id').orderBy('id', 'desc').limit(sockets),
    );
    return { database: db.dialect, identifiers, streams: sessions.map(({ id }) => streamOf.session(id)) };
  } finally {
    await server.close();
  }
}

interface Storm {
  side: Extract<Side, 'hoory' | 'bare'>;
  identifiers: string[];
  streams: string[];
}

/** One round with processes of its own. @returns milliseconds */
async function storm(config: Readonly<Config>, { side, identifiers, streams }: Storm): Promise<number> {
  const server = startChild<MeasuredRequest, MeasuredAnswer>('measured');
  const crowd = startChild<StormRequest, StormAnswer>('storm-crowd');
  const isBare = side === 'bare';
  try {
    const { port } = await server.ask({ do: 'open', side, config });
    await crowd.ask({ do: 'open', port, identifiers, isBare });
    await crowd.ask({ do: 'cut' });
    await server.ask({ do: 'log', streams, count: missed, data: sampleMessage });
    return await crowd.ask({ do: 'resume', port, missed });
  } finally {
    await Promise.all([crowd.stop(), server.stop()]);
  }
}
