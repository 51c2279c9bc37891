/**
 * `npm run check`: types, lint and format, imports, unused code, printed documents, citations, licences, rules of our own. The
 * compiler takes longer than most, so the others run beside it. The output of each is printed when it has ended; the first that
 * fails stops the rest.
 * `npm run check -- --figures` prints how easy the sources are to read instead (figures.mjs).
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const usage = `Usage: npm run check [-- --figures]

  --figures  prints how easy the sources are to read, beside the aims, instead of checking them

Example: npm run check -- --figures`;
const [option] = process.argv.slice(2);
if (option === '--figures') {
  await import('./figures.mjs');
  process.exit();
}
if (option) {
  console.error(usage);
  process.exit(option === '--help' ? 0 : 2);
}

const stale = staleInstallation();
if (stale) {
  console.error(`node_modules is not what package-lock.json says (${stale}): run npm ci`);
  process.exit(1);
}

/** Scripts of package.json: the rows run side by side, what is in one row one after another. */
const rows = [
  ['check:types'],
  [
    'check:lint',
    'check:imports',
    'check:unused',
    'check:docs',
    'check:citations',
    'check:licences',
    'check:rules',
    'check:writers',
  ],
];
const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(`stopped by ${signal}`));

await Promise.all(rows.map(runRow));

/** @returns the first package that is missing or has another version; packages for other machines may be missing */
function staleInstallation() {
  const lock = (name) => {
    const path = `${root}${name}`;
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
  };
  const installed = lock('node_modules/.package-lock.json');
  const wanted = Object.entries(lock('package-lock.json'));
  const found = wanted.find(
    ([path, { version, optional }]) =>
      path.includes('node_modules/') && !optional && version !== installed[path]?.version,
  );
  return found?.[0];
}

async function runRow(names) {
  for (const name of names) await run(name);
}

/** In a process group of its own, so that what npm starts can be stopped with it. */
function run(name) {
  const child = spawn('npm', ['run', '--silent', name], { cwd: root, detached: true });
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  return new Promise((resolve) => {
    child.on('error', (error) => stop(`${name}: ${error.message}`));
    child.on('close', (code) => {
      running.delete(child);
      process.stdout.write(said);
      if (code === 0) resolve();
      else stop(`${name} failed`);
    });
  });
}

function stop(reason) {
  for (const { pid } of running) if (pid) process.kill(-pid);
  console.error(reason);
  process.exit(1);
}
