/**
 * The programs some tests need: PostgreSQL, Redis, nginx, Chromium. A lane finds its program on this machine, starts a
 * throw-away one where it is a server, and says in which variable tests find it.
 */
import { spawn } from 'node:child_process';
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * `find` gives the program's path or nothing; `start` gives what tests are told and how to stop it. One that only makes
 * tests faster is `optional`.
 */
export const lanes = {
  postgres: {
    variable: 'HOORY_TEST_POSTGRES',
    program: 'initdb',
    find: () => findProgram(['initdb'], postgresFolders()),
    start: startPostgres,
  },
  redis: {
    variable: 'HOORY_TEST_REDIS',
    program: 'redis-server',
    find: () => findProgram(['redis-server']),
    start: startRedis,
  },
  nginx: {
    variable: 'HOORY_TEST_NGINX',
    program: 'nginx',
    // Debian keeps it among the programs of root.
    find: () => findProgram(['nginx'], ['/usr/sbin']),
    start: async (path) => ({ value: path, stop: async () => {} }),
  },
  chromium: {
    variable: 'HOORY_TEST_CHROMIUM',
    program: 'chromium',
    find: () => findProgram(['chromium', 'chromium-browser', 'google-chrome']),
    start: async (path) => ({ value: path, stop: async () => {} }),
  },
  'headless shell': {
    variable: 'HOORY_TEST_HEADLESS_SHELL',
    program: 'chromium-headless-shell',
    optional: true,
    // Whoever names a Chromium means that one.
    find: () => (process.env.HOORY_TEST_CHROMIUM ? undefined : findProgram(['chromium-headless-shell'])),
    start: async (path) => ({ value: path, stop: async () => {} }),
  },
};

function findProgram(names, folders = []) {
  const all = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', ...folders];
  return all.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian keeps the server's programs out of PATH, by version; the newest first. */
function postgresFolders() {
  try {
    const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  } catch {
    return [];
  }
}

/** A cluster that only this machine's processes reach, through a socket in its own folder, and that never syncs. */
async function startPostgres(initdb) {
  const owner = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'hoory-pg-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const options = { cwd: folder, ...owner };
  const data = join(folder, 'data');
  try {
    const init = ['-D', data, '-U', 'hoory', '--auth=trust', '--no-sync', '-E', 'UTF8', '--no-locale'];
    await finish(spawn(initdb, init, options), 'initdb');
    const settings = [
      ...['listen_addresses=', 'max_connections=300'],
      ...[
        'fsync=off',
        'synchronous_commit=off',
        'full_page_writes=off',
        'wal_level=minimal',
        // It would analyze tables in the middle of a test, and plans with it.
        'autovacuum=off',
        'max_wal_senders=0',
      ],
    ];
    const server = spawn(
      initdb.replace(/initdb$/, 'postgres'),
      ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
      options,
    );
    await says(server, 'ready to accept connections', 'postgres');
    return {
      value: `postgres://hoory@localhost/postgres?host=${encodeURIComponent(folder)}`,
      stop: async () => {
        await end(server, 'SIGQUIT');
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** PostgreSQL refuses to run as root: its own user does it then, or nobody. */
function serverUser() {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].map((name) => users.find(([own]) => own === name)).find(Boolean);
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function startRedis(program) {
  const port = await freePort();
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      cwd: tmpdir(),
    },
  );
  await says(server, 'Ready to accept connections', 'redis-server');
  return { value: `redis://127.0.0.1:${port}`, stop: () => end(server, 'SIGTERM') };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Resolves when the program ends well. */
function finish(child, name) {
  return new Promise((resolve, reject) => {
    const said = collect(child);
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name} failed:\n${said()}`))));
  });
}

/** Resolves when the program has said `text`; rejects when it ends before. */
function says(child, text, name) {
  return new Promise((resolve, reject) => {
    const said = collect(child, () => said().includes(text) && resolve());
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${name} ended:\n${said()}`)));
  });
}

/** Reads what a program says, the last of it; a pipe that nobody reads would stop the program. */
function collect(child, onMore = () => {}) {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text = (text + chunk).slice(-10_000);
      onMore();
    });
  return () => text;
}

function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.kill(signal);
  });
}
