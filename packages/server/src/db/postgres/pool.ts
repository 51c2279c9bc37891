/** Connections to PostgreSQL: their time-outs, and which errors mean that the database failed. */
import pg from 'pg';
import { DatabaseFailed } from '../database-failed.ts';
import { tooSlow } from '../long-reads.ts';
import { SqlPipeline } from './pipeline.ts';
import { PrimaryClient } from './primary.ts';

/** How long a pool waits for a connection, and for the result of a query. */
const timeouts = { connectionTimeoutMillis: 10_000, query_timeout: 30_000 };

export function openPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, Client: PrimaryClient, ...timeouts });
  // A lost connection rejects its queries, the pool drops it, and the next query opens another.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/** SQLSTATE classes of a server that shuts down, ends an idle transaction, has no resources, or is read-only; other codes answer the query. */
const failureCode = /^(08|25P03|53|57P|58|25006)/;

/** SQLSTATE of a statement that exceeded `statement_timeout`. */
const cancelledCode = '57014';

/** The incarnation of the server of a connection of a pool. */
export const incarnationOf = (client: pg.ClientBase): string =>
  client instanceof PrimaryClient ? client.incarnation : '';

/** @returns DatabaseFailed unless `error` is the server's answer to the query; Refusal when a long read took too long */
export function toFailure(error: unknown): Error {
  if (error instanceof DatabaseFailed) return error;
  if (error instanceof pg.DatabaseError && error.code === cancelledCode) return tooSlow();
  if (error instanceof pg.DatabaseError && !failureCode.test(error.code ?? '')) return error;
  return new DatabaseFailed(error);
}

/** @throws what `toFailure` returns */
export function throwFailure(error: unknown): never {
  throw toFailure(error);
}

const pipelines = new WeakMap<pg.ClientBase, SqlPipeline>();

/** The pipeline of a connection, which knows the statements that were prepared on it. */
export function pipelineOf(client: pg.ClientBase): SqlPipeline {
  const pipeline = pipelines.get(client) ?? new SqlPipeline(client);
  pipelines.set(client, pipeline);
  return pipeline;
}
