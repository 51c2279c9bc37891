/** PostgreSQL: a pool for reads, and write lanes chosen by conversation, each on a connection of its own. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import pg from 'pg';
import { type Analyzer, openAnalyzer } from './analyzer.ts';
import type { CommitHooks, Db, Emission, Query, Runnable, Sql, TableName, Tx } from './db.ts';
import { DatabaseFailed } from './failed.ts';
import { openGather } from './gather.ts';
import { type Lane, openLane } from './lane.ts';
import { rowMaker } from './rows.ts';
import { single } from './single.ts';
import type { Tables } from './tables.ts';

/**
 * Writing connections. Every message moves the streams of its inbox and account, so a second lane waits for the first one's
 * commit with those rows, and halves the batches: with 64 posters it took a third more processor time a message.
 */
const laneCount = 1;

// Integers come as numbers: every id and millisecond fits into 53 bits.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/** Milliseconds until a connection must be there, and a query answered: a server that is silent is given up. */
const patience = { connectionTimeoutMillis: 10_000, query_timeout: 30_000 };

type Client = Pick<pg.ClientBase, 'query'>;

/** Opens a pool on `url`. */
export function openPostgres(url: string, hooks: CommitHooks): Db {
  // Pipelined: a transaction sends queries that do not need each other's answers at once, and they run in that order.
  const pool = new pg.Pool({ connectionString: url, max: laneCount + 5, pipeline: true, ...patience });
  // A connection was lost: its queries are told, the pool drops it, and the next query opens another.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  const q = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const analyzer = openAnalyzer(pool);
  const lanes = Array.from({ length: laneCount }, () => openPostgresLane(pool, q, { hooks, analyzer }));
  let turn = 0;
  const laneOf = (key?: number) => lanes[(key ?? turn++) % laneCount] as Lane;
  const read = new PostgresSql(pool as unknown as Client, q);
  return {
    dialect: 'postgres',
    q,
    all: (query) => read.all(query),
    get: (query) => read.get(query),
    run: (query) =>
      laneOf().add(
        single((tx) => tx.run(query)),
        undefined,
      ),
    write: (work, lane) => laneOf(lane).add(single(work), undefined),
    writeMany: (verb, input, lane) => laneOf(lane).add(verb, input),
    readMany: openGather(read),
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.idle()));
      await analyzer.idle();
      await pool.end();
    },
  };
}

function openPostgresLane(
  pool: pg.Pool,
  q: Query,
  { hooks, analyzer }: { hooks: CommitHooks; analyzer: Analyzer },
): Lane {
  return openLane(
    async (body) => {
      const client = await pool.connect().catch(failWith);
      const tx = new PostgresTx(client, q);
      let isCommitting = false;
      try {
        await Promise.all([client.query('begin').catch(failWith), body(tx)]);
        isCommitting = true;
        // What comes before the commit is sent, not awaited: the commit follows on its heels.
        const [, { command }] = await Promise.all([
          hooks.beforeCommit(tx),
          client.query('commit').catch(failWith),
        ]);
        // A transaction in which a statement failed is rolled back by its commit, without an error.
        if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
      } catch (error) {
        // A connection that cannot even roll back is not handed out again.
        const broken = await client.query('rollback').then(
          () => undefined,
          (fault: Error) => fault,
        );
        client.release(broken);
        if (!isCommitting || !(error instanceof DatabaseFailed)) throw error;
        hooks.unsure?.();
        throw new DatabaseFailed(error.cause, { isUnsure: true });
      }
      client.release();
      analyzer.committed();
      for (const work of tx.commitWork) work();
    },
    (tx) => (tx as PostgresTx).traces,
    { measure: hooks.measure, inHalves: true },
  );
}

/** What a server says when it goes, has no room, or must not write; other codes are answers to the query. */
const failing = /^(08|53|57P|58|25006)/;

/** @throws DatabaseFailed for all that is not the server's answer to the query */
function failWith(error: unknown): never {
  if (error instanceof DatabaseFailed) throw error;
  if (error instanceof pg.DatabaseError && !failing.test(error.code ?? '')) throw error;
  throw new DatabaseFailed(error);
}

const namesOf = new Map<string, string>();

/** A prepared statement's name: the server keeps its plan per connection under this. */
function nameOf(text: string): string | undefined {
  let name = namesOf.get(text);
  if (!name && namesOf.size < 500) {
    name = `s${namesOf.size}`;
    namesOf.set(text, name);
  }
  return name;
}

const rowMakers = new Map<string, ReturnType<typeof rowMaker>>();

/** Kept for the statements that have a name, which are those that come again. */
function rowMakerOf(text: string, fields: readonly { name: string }[]): ReturnType<typeof rowMaker> {
  const known = rowMakers.get(text);
  if (known) return known;
  const made = rowMaker(fields.map(({ name }) => name));
  if (nameOf(text)) rowMakers.set(text, made);
  return made;
}

class PostgresSql implements Sql {
  readonly dialect = 'postgres';
  readonly q: Query;
  protected readonly client: Client;

  constructor(client: Client, q: Query) {
    this.client = client;
    this.q = q;
  }

  protected query(text: string, values: readonly unknown[]): Promise<pg.QueryArrayResult<unknown[]>> {
    return this.client
      .query({ name: nameOf(text), text, values: values as unknown[], rowMode: 'array' })
      .catch(failWith);
  }

  async all<Row>(query: Runnable<Row>): Promise<Row[]> {
    const { sql, parameters } = query.compile(this.q);
    const { rows, fields } = await this.query(sql, parameters);
    if (!rows.length) return [];
    const toRow = rowMakerOf(sql, fields);
    return rows.map((values) => toRow(values) as Row);
  }

  async get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    return (await this.all(query))[0];
  }

  async run(query: Runnable<unknown>): Promise<number> {
    const { sql, parameters } = query.compile(this.q);
    return (await this.query(sql, parameters)).rowCount ?? 0;
  }
}

class PostgresTx extends PostgresSql implements Tx {
  readonly commitWork: (() => void)[] = [];
  readonly emissions: Emission[] = [];
  writes = 0;

  /** What a refusal may not leave behind: rows, events, and work for after the commit. */
  get traces(): number {
    return this.writes + this.emissions.length + this.commitWork.length;
  }

  protected override query(
    text: string,
    values: readonly unknown[],
  ): Promise<pg.QueryArrayResult<unknown[]>> {
    if (!/^\s*select/i.test(text)) this.writes++;
    return super.query(text, values);
  }

  // A whole batch travels as one JSON array, so that any number of rows shares one prepared statement, and the
  // table's own row type gives every column its type.
  async insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void> {
    if (!rows.length) return;
    const columns = Object.keys(rows[0] as object).join(', ');
    await this.query(
      `insert into "${table}" (${columns}) select ${columns} from json_populate_recordset(null::"${table}", $1)`,
      [JSON.stringify(rows)],
    );
  }

  async updateMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    columns: readonly string[],
  ): Promise<void> {
    if (!rows.length) return;
    await this.query(
      `update "${table}" as target set ${columns.map((column) => `${column} = source.${column}`).join(', ')} ` +
        `from json_populate_recordset(null::"${table}", $1) as source where target.id = source.id`,
      [JSON.stringify(rows)],
    );
  }

  async nextIds(table: TableName, count: number): Promise<number[]> {
    const { rows } = await this.query(`select nextval('${table}_id_seq') as id from generate_series(1, $1)`, [
      count,
    ]);
    return rows.map(([id]) => id as number);
  }

  afterCommit(work: () => void): void {
    this.commitWork.push(work);
  }
}
