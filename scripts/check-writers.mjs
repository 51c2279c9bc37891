/**
 * `npm run check:writers`: each table is written by one room of the server, in its `store*.ts` files, or in the one file of a room
 * that needs no more. It finds statements of the query builder, batch writes (`insertMany`, `addMany`, `updateMany`, `insertTogether`) and SQL
 * text. Migrations,
 * the bench and tests may write any table.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../packages/server/src/', import.meta.url));

const oneBatch = 'a batch of messages writes all its rows in one packet';

/** Rooms or files that write a table beside its stores, with the reason. */
const exceptions = {
  accounts: { 'accounts/cache-keys.ts': 'one column, in the room of the table' },
  attachments: { 'messages/': oneBatch },
  contacts: { 'messages/': oneBatch },
  conversations: { 'messages/': oneBatch },
  messages: { 'messages/': oneBatch },
  report_facts: { 'messages/': oneBatch },
};

/** Files with statements whose table is a parameter; the callers decide which it is. */
const tableIsParameter = {
  'db/insert-together.ts': 'insertTogether itself',
  'db/packs.ts': 'empties payloads in the tables that it packs',
  'db/postgres/transaction.ts': 'insertMany, addMany and updateMany themselves',
  'db/side-by-side.ts': 'hands insertMany, addMany and updateMany on to the transaction',
  'db/sqlite/transaction.ts': 'insertMany, addMany and updateMany themselves',
  'db/step-counts.ts': 'replaces the rows of counters by their sum, for the stores of counters',
  'db/transient-rows.ts': 'deletes rows of processes from a restored copy',
};

const tables = new Set(
  [...tableFiles()].flatMap((text) =>
    [...text.matchAll(/create table (?:if not exists )?(\w+)/g)].map(([, name]) => name),
  ),
);

function* tableFiles() {
  const migrations = `${root}db/migrations/`;
  for (const file of readdirSync(migrations)) yield readFileSync(migrations + file, 'utf8');
  yield readFileSync(`${root}db/postgres/migrate.ts`, 'utf8');
}

const builderCall =
  /\.(?:insertInto|updateTable|deleteFrom|mergeInto|insertMany|addMany|updateMany)\(\s*([^,)\s]+)/g;
const together = /\binsertTogether\(\s*\w+,\s*([^,)\s]+)/g;
const sqlText = /\b(?:insert into|delete from|update)\s+("?\$\{[^}]*\}"?|\w+)/g;

/** The tables that a file writes; `undefined` for a parameter. */
function* writtenTables(text) {
  for (const [, argument] of text.matchAll(builderCall)) yield /^'(\w+)'$/.exec(argument)?.[1];
  for (const [, argument] of text.matchAll(together)) yield /^'(\w+)'$/.exec(argument)?.[1];
  for (const [, name] of text.matchAll(sqlText))
    if (name.includes('$')) yield undefined;
    else if (tables.has(name)) yield name;
}

const faults = [];
const writers = new Map();
const unnamed = new Set();
for (const path of readdirSync(root, { recursive: true })) {
  if (!path.endsWith('.ts') || /\.test\.ts$|^bench\/|migrations\//.test(path)) continue;
  for (const table of writtenTables(readFileSync(`${root}${path}`, 'utf8')))
    if (table === undefined) unnamed.add(path);
    else writers.set(table, (writers.get(table) ?? new Set()).add(path));
}

const roomOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');
const isStore = (path) => /^store(-[\w-]+)?\.ts$/.test(basename(path));

for (const [table, files] of writers) {
  const listed = Object.keys(exceptions[table] ?? {});
  const owners = [...files].filter((path) => !listed.some((start) => path.startsWith(start)));
  const rooms = new Set(owners.map(roomOf));
  if (rooms.size > 1) faults.push(`${table} is written by the rooms ${[...rooms].join(', ')}`);
  const others = owners.filter((path) => !isStore(path));
  if (others.length && files.size > 1)
    faults.push(`${table} is written outside of store*.ts: ${others.join(', ')}`);
}
for (const path of unnamed)
  if (!tableIsParameter[path]) faults.push(`${path} writes a table whose name this check cannot read`);
for (const path of Object.keys(tableIsParameter))
  if (!unnamed.has(path)) faults.push(`${path} names its tables: take it off the list`);
for (const [table, listed] of Object.entries(exceptions))
  for (const start of Object.keys(listed))
    if (![...(writers.get(table) ?? [])].some((path) => path.startsWith(start)))
      faults.push(`${start} does not write ${table} any more: take it off the list`);
if (faults.length) {
  console.error(
    `${faults.join('\n')}\nWrite a table in a store*.ts of the room that owns it, and call its functions.`,
  );
  process.exit(1);
}
