/**
 * `npm run check:generators`: makes clients from the printed documents with the generators people use, compiles them, and runs
 * the session of the README with them against a fresh server. Tools come from npm, PyPI, Maven Central and Go modules into a
 * cache folder, `HOORY_GENERATORS_CACHE`. What cannot run for want of a program is named; with `--all` that is a failure. Other
 * arguments choose checks by a part of their title: `npm run check:generators -- kotlin`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clients } from './generators/clients.mjs';
import { checkAsyncApi, checkRedocly } from './generators/documents.mjs';
import { Missing, root } from './generators/run.mjs';
import { startServer } from './generators/server.mjs';

const documents = { openapi: 'docs/openapi.json', 'openapi-client': 'docs/openapi-client.json' };
const chosen = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const count = { passed: 0, failed: 0, skipped: 0 };
const folder = mkdtempSync(join(tmpdir(), 'hoory-generators-'));
const server = await startServer(join(folder, 'data'));

try {
  for (const [name, path] of Object.entries(documents)) {
    await check(`${name}: Redocly`, () => checkRedocly(join(root, path)));
    for (const [title, checkClient] of Object.entries(clients))
      await check(`${name}: ${title}`, () => {
        const out = join(folder, `${name}-${title.replaceAll(/[^a-z0-9]+/gi, '-')}`);
        mkdirSync(out);
        return checkClient({ document: join(root, path), out, server });
      });
  }
  await check('asyncapi: parser and modelina', () =>
    checkAsyncApi(join(root, 'docs/asyncapi.json'), join(folder, 'modelina')),
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed || (process.argv.includes('--all') && count.skipped) ? 1 : 0;

/** Runs one check and prints what it did; a check answers with the steps it took and those it had to leave out. */
async function check(title, run) {
  if (chosen.length && !chosen.some((word) => title.includes(word))) return;
  try {
    const { did, leftOut } = await run();
    count.passed++;
    if (leftOut) count.skipped++;
    console.log(`ok       ${title}: ${did}${leftOut ? `; not run: ${leftOut}` : ''}`);
  } catch (error) {
    if (error instanceof Missing) {
      count.skipped++;
      return console.log(`not run  ${title}: ${error.message}`);
    }
    count.failed++;
    console.log(`FAILED   ${title}\n${error.message}`);
  }
}
