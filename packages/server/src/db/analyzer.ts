/**
 * Tells PostgreSQL how much there is while its tables grow from nothing. Its own analysis comes a minute later, and until
 * then plans made for empty tables stay: they read a whole account for one conversation.
 */
import type pg from 'pg';

export interface Analyzer {
  /** Told of every commit. */
  committed(): void;
  /** Resolves when no analysis runs. */
  idle(): Promise<void>;
}

/** Commits before the first look, and how many times as many before each later one. */
const first = 64;
const factor = 4;

/** Tables in which more has changed than was known. */
const grown = `select quote_ident(relname) as name from pg_stat_user_tables
  where n_mod_since_analyze > greatest(50, n_live_tup / 2)`;

export function openAnalyzer(pool: Pick<pg.Pool, 'query'>): Analyzer {
  let commits = 0;
  let next = first;
  let work: Promise<void> = Promise.resolve();

  async function analyze(): Promise<void> {
    const { rows } = await pool.query<{ name: string }>(grown);
    if (rows.length) await pool.query(`analyze ${rows.map(({ name }) => name).join(', ')}`);
  }

  return {
    committed: () => {
      if (++commits < next) return;
      next *= factor;
      // Where it fails, plans stay as they are until the database's own analysis.
      work = work.then(analyze).catch(() => {});
    },
    idle: () => work,
  };
}
