/**
 * Analyzes tables of PostgreSQL while they grow from nothing. Its own analysis comes a minute later, and until
 * then plans made for empty tables stay: they read a whole account for one conversation.
 */
import type pg from 'pg';

export interface Analyzer {
  /** Call after each commit. */
  onCommit(): void;
  /** Resolves when no analysis runs. */
  idle(): Promise<void>;
}

/** Between two checks, which happen after commits: an idle server makes none. */
const checkIntervalMs = 2000;

/** Sampled rows, 300 per step of the statistics target: a tenth of the sample of PostgreSQL's own analysis, which soon follows. */
const sampleRows = 3000;

/** Tables that have grown fourfold since their last analysis: plans do not change for less. */
const grownTables = `select quote_ident(tables.relname) as name
  from pg_stat_user_tables as tables join pg_class on pg_class.oid = tables.relid
  where n_live_tup > greatest(50, 4 * reltuples)`;

export function openAnalyzer(pool: Pick<pg.Pool, 'query'>): Analyzer {
  let looked = Number.NEGATIVE_INFINITY;
  let work: Promise<void> = Promise.resolve();

  async function analyze(): Promise<void> {
    const { rows } = await pool.query<{ name: string }>(grownTables);
    if (!rows.length) return;
    // Sent as one text, both are one transaction.
    const tables = rows.map(({ name }) => name).join(', ');
    await pool.query(`set local default_statistics_target = ${sampleRows / 300}; analyze ${tables}`);
  }

  return {
    onCommit: () => {
      if (performance.now() - looked < checkIntervalMs) return;
      looked = performance.now();
      // Where it fails, plans stay as they are until the database's own analysis.
      work = work.then(analyze).catch(() => {});
    },
    idle: () => work,
  };
}
