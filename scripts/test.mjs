/**
 * `npm test`: everything that can be tested on this machine. Starts what the lanes need, runs the tests, stops it all.
 * A lane whose program is missing is skipped by name; `HOORY_TEST_REQUIRE=postgres,redis,nginx,chromium` makes that a failure.
 * Arguments go to vitest: `npm test -- packages/server/src/db`. With `--watch` it stays and runs again what a change touches.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lanes } from './lanes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const required = (process.env.HOORY_TEST_REQUIRE ?? '')
  .split(',')
  .map((name) => name.trim())
  .filter(Boolean);
const isWatching = process.argv.includes('--watch');
const skipped = [];
const stops = [];
let tests;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (tests) tests.kill(signal);
    else void stopAll().then(() => process.exit(1));
  });

process.env.TMPDIR ??= folderInMemory() ?? tmpdir();
process.exitCode = 1;
try {
  const env = { ...process.env };
  for (const name of Object.keys(lanes)) await openLane(name, env);
  await run(env);
} catch (error) {
  console.error(error.message ?? error);
} finally {
  await stopAll();
}

/**
 * The data folders and databases of tests need no disk: SQLite syncs each commit, which takes 2.4 ms there and 0.01 ms in memory.
 * Containers often have a small /dev/shm; a whole run needs less than 2 GiB.
 */
function folderInMemory() {
  const folder = '/dev/shm';
  const neededBytes = 4 * 2 ** 30;
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.min(bavail * bsize, freemem()) < neededBytes ? undefined : folder;
  } catch {
    return undefined;
  }
}

async function openLane(name, env) {
  const { variable, program, optional, find, start } = lanes[name];
  if (process.env[variable]) return console.log(`lane ${name}: ${variable} is set, using it`);
  const path = find();
  if (!path && required.includes(name))
    throw new Error(`lane ${name} is required, but ${program} is not on this machine`);
  if (!path) {
    delete env[variable];
    if (optional) return;
    skipped.push(name);
    return console.log(`lane ${name}: skipped, ${program} is not on this machine`);
  }
  const { value, stop } = await start(path);
  stops.push(stop);
  env[variable] = value;
  console.log(`lane ${name}: ${path}`);
}

/** Runs vitest and counts from its own report; a file that could not even be loaded counts as one failure. */
async function run(env) {
  if (isWatching) return void (await vitest(env, ['watch', ...process.argv.slice(2)]));
  const folder = mkdtempSync(join(tmpdir(), 'hoory-report-'));
  const report = join(folder, 'report.json');
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await vitest(env, ['run', ...reporters, ...process.argv.slice(2)]);
  if (!existsSync(report)) throw new Error('The run was stopped before its end.');
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const count = { passed: 0, failed: 0, skipped: skipped.length };
  for (const { status, assertionResults } of testResults) {
    if (status === 'failed' && !assertionResults.some((one) => one.status === 'failed')) count.failed++;
    for (const one of assertionResults)
      count[one.status === 'passed' || one.status === 'failed' ? one.status : 'skipped']++;
  }
  if (code !== 0 && count.failed === 0)
    console.log('vitest ended with an error outside of any test, see above');
  const lanesLeftOut = skipped.length ? ` (lanes left out: ${skipped.join(', ')})` : '';
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped${lanesLeftOut}`);
  process.exitCode = code === 0 && count.failed === 0 && count.passed > 0 ? 0 : 1;
}

function vitest(env, options) {
  const program = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
  return new Promise((resolve, reject) => {
    tests = spawn(process.execPath, [program, ...options], { cwd: root, env, stdio: 'inherit' });
    tests.on('error', reject);
    tests.on('exit', (status) => resolve(status ?? 1));
  });
}

async function stopAll() {
  for (const stop of stops.splice(0).reverse()) await stop();
}
