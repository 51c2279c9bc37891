/**
 * `npm run check:writers`: each table is written by one room of the server, in its `store*.ts` files, or in the one file of a room
 * that needs no more. Migrations, the bench and tests may write any table.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../packages/server/src/', import.meta.url));

/** Tables that several files of their room write, with the files beside its stores. */
const severalFiles = {
  accounts: ['accounts/cache-keys.ts'],
};

const writers = new Map();
for (const path of readdirSync(root, { recursive: true })) {
  if (!path.endsWith('.ts') || /\.test\.ts$|^bench\/|migrations\//.test(path)) continue;
  const text = readFileSync(`${root}${path}`, 'utf8');
  for (const [, table] of text.matchAll(/\.(?:insertInto|updateTable|deleteFrom)\(\s*'(\w+)'/g))
    writers.set(table, (writers.get(table) ?? new Set()).add(path));
}

const roomOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');
const isStore = (path) => /^store(-[\w-]+)?\.ts$/.test(basename(path));

const faults = [];
for (const [table, files] of writers) {
  const rooms = new Set([...files].map(roomOf));
  if (rooms.size > 1) faults.push(`${table} is written by the rooms ${[...rooms].join(', ')}`);
  const others = [...files].filter((path) => !isStore(path) && !severalFiles[table]?.includes(path));
  if (others.length && files.size > 1)
    faults.push(`${table} is written outside of store*.ts: ${others.join(', ')}`);
}
for (const [table, files] of Object.entries(severalFiles))
  for (const path of files)
    if (!writers.get(table)?.has(path))
      faults.push(`${path} does not write ${table} any more: take it off the list`);
if (faults.length) {
  console.error(
    `${faults.join('\n')}\nWrite a table in a store*.ts of the room that owns it, and call its functions.`,
  );
  process.exit(1);
}
