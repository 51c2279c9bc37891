/** Reads how databases execute statements, and says which of them would read more the more is stored. */
import Database from 'better-sqlite3';
import pg from 'pg';
import type { Execution } from '../src/db/db.ts';

export interface PlanFault {
  fault: string;
  text: string;
}

/** Columns by which a search is no smaller than what a company has stored. */
const broad = new Set([
  'account_id',
  'inbox_id',
  'notifications.user_id',
  'mentions.user_id',
  'conversation_participants.user_id',
  'status',
  'assignee_id',
  'team_id',
  'endpoint',
  'message_type',
  'is_transient',
  'read_at',
  'settled_at',
  'snoozed_until',
  'report_events.name',
  'stream_id',
]);

/** Names of tables behind the names that a statement gives them. */
function tablesIn(text: string): Map<string, string> {
  const tables = new Map<string, string>();
  for (const [, table, alias] of text.matchAll(
    /\b(?:from|join|update|into)\s+"?(\w+)"?(?:\s+(?:as\s+)?"?(?!on\b|where\b|set\b|inner\b|left\b|order\b|cross\b|join\b|limit\b|group\b)(\w+)"?)?/gi,
  )) {
    tables.set(table as string, table as string);
    if (alias) tables.set(alias, table as string);
  }
  return tables;
}

/** Faults of the plans that SQLite makes with the statistics it has. */
export function sqliteFaults(
  path: string,
  statements: readonly Execution[],
  growing: ReadonlySet<string>,
): PlanFault[] {
  const db = new Database(path, { readonly: true });
  try {
    return statements.flatMap(({ text }) => {
      const plan = db.prepare(`explain query plan ${text}`).all(parametersOf(text)) as Step[];
      return plan.flatMap((step) => {
        const fault = stepFault(step, { plan, text, growing });
        return fault ? [{ fault, text }] : [];
      });
    });
  } finally {
    db.close();
  }
}

interface Step {
  parent: number;
  detail: string;
}

function stepFault(
  { parent, detail }: Step,
  { plan, text, growing }: { plan: readonly Step[]; text: string; growing: ReadonlySet<string> },
): string | undefined {
  const [, verb, name, condition = ''] = /^(SCAN|SEARCH) "?(\w+)"?(?:[^(]*\((.+)\))?/.exec(detail) ?? [];
  const table = tablesIn(text).get(name ?? '') ?? '';
  if (!growing.has(table)) return undefined;
  // A subquery in brackets has the name of its table; its own step is looked at by itself.
  if (detail === `SCAN ${name}` && plan.some((step) => step.detail === `CO-ROUTINE ${name}`))
    return undefined;
  const isSorted = plan.some((step) => step.parent === parent && step.detail.startsWith('USE TEMP B-TREE'));
  // With a limit an index's order bounds a search; a scan only where no condition passes over rows.
  const isBounded = verb === 'SEARCH' || !/\bwhere\b/i.test(text);
  if (/\blimit\b/i.test(text) && !isSorted && isBounded) return undefined;
  const equal = [...condition.matchAll(/(\w+)=\?/g)].map(([, column]) => column as string);
  const isNarrow = equal.some((column) => !broad.has(column) && !broad.has(`${table}.${column}`));
  return verb === 'SEARCH' && isNarrow ? undefined : detail;
}

const parametersOf = (text: string): null[] => Array.from(text.matchAll(/\?/g), () => null);

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Rows Removed by Join Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}

/** The number of rows of growing tables that one statement may touch. */
const usual = { rows: 2000, pages: 3000 };
/** The same for a statement that reads up to 10 000 rows on purpose, apart from the message path, in a table of which half match. */
const bounded = { rows: 20_100, pages: 60_000 };

/** Statements of `db/bounded-list.ts`. */
const isBounded = (text: string) => /limit (8192|10000|10001)\b|walked as materialized/.test(text);

/** The settings of the writing connection (`db/postgres/postgres.ts`), and of the others. */
const settings = {
  transaction:
    'set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local enable_bitmapscan = off; set local jit = off',
  read: 'set local jit = off',
};

/** Faults of executing the statements, each in a transaction that is rolled back. */
export async function postgresFaults(
  url: string,
  statements: readonly Execution[],
  growing: ReadonlySet<string>,
): Promise<PlanFault[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const faults: PlanFault[] = [];
  try {
    for (const { text, values, within } of statements) {
      await client.query('begin');
      await client.query(settings[within]);
      try {
        await client.query(`prepare one as ${text}`);
        const given = values.length ? `(${values.map(literalOf).join()})` : '';
        const { rows } = await client.query(`explain (analyze, buffers, format json) execute one ${given}`);
        const { Plan: plan } = rows[0]['QUERY PLAN'][0] as { Plan: Node };
        const pages = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
        const most = isBounded(text) ? bounded : usual;
        if (pages > most.pages) faults.push({ fault: `${pages} pages`, text });
        for (const node of nodesOf(plan)) {
          if (!growing.has(node['Relation Name'] ?? '')) continue;
          const fault = faultOf(node, most.rows);
          if (fault) faults.push({ fault, text });
        }
      } catch (error) {
        // Rows that are there already cannot be inserted again.
        if ((error as { code?: string }).code !== '23505') throw new Error(text, { cause: error });
      } finally {
        await client.query('rollback');
        await client.query('deallocate all');
      }
    }
    return faults;
  } finally {
    await client.end();
  }
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

function faultOf(node: Node, mostRows: number): string | undefined {
  const name = `${node['Node Type']} ${node['Relation Name']} ${node['Index Name'] ?? ''}`;
  if (node['Node Type'] === 'Seq Scan' && mostRows === usual.rows) return name;
  const removed =
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0);
  const rows = (node['Actual Rows'] + removed) * node['Actual Loops'];
  return rows > mostRows ? `${name}: ${rows} rows` : undefined;
}

function literalOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value)) return quoted(`\\x${value.toString('hex')}`);
  if (!Array.isArray(value)) return quoted(String(value));
  return quoted(`{${value.map((one) => (one === null ? 'null' : JSON.stringify(String(one)))).join()}}`);
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
