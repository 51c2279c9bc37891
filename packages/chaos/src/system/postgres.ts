/** A PostgreSQL cluster of the run's own, so that it can be stopped at any moment and paused. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { becomes, sleep } from '../wait.ts';
import { type Child, startChild } from './child.ts';

export interface Postgres {
  url: string;
  /** Ends all its processes at once, without a checkpoint, and starts it again: it recovers from its log. */
  restart(): Promise<void>;
  /** Stops all its processes with SIGSTOP for some time. */
  pause(ms: number): Promise<void>;
  /** Drops everything in the database. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Commits wait for the log (`synchronous_commit`), because a restart must keep them. They do not wait for the disk (`fsync`),
 * because the machine itself does not fail during a run.
 */
const settings = [
  'listen_addresses=',
  'max_connections=200',
  'synchronous_commit=on',
  'fsync=off',
  'restart_after_crash=on',
];

/**
 * Creates a cluster in `folder` and starts it.
 * @param initdb path of the program; `postgres` is beside it
 */
export async function startPostgres(initdb: string, folder: string): Promise<Postgres> {
  const owner = serverUser();
  const data = createCluster(initdb, folder, owner);
  const url = `postgres://hoory@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const program = initdb.replace(/initdb$/, 'postgres');
  const start = async (): Promise<Child> => {
    const args = ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])];
    const child = startChild([program, ...args], { cwd: folder, log: `${folder}.log`, ...owner });
    await untilReady(child, url);
    return child;
  };
  let server = await start();
  return {
    url,
    restart: async () => {
      // SIGQUIT is what `pg_ctl stop -m immediate` sends.
      await server.end('SIGQUIT');
      server = await start();
    },
    pause: (ms) => pauseAll(server.pid, ms),
    empty: async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('drop schema public cascade; create schema public').finally(() => client.end());
    },
    stop: () => server.end('SIGQUIT'),
  };
}

/** @returns its folder */
function createCluster(initdb: string, folder: string, owner: ReturnType<typeof serverUser>): string {
  mkdirSync(folder, { recursive: true });
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  execFileSync(
    initdb,
    ['-D', data, '-U', 'hoory', '--auth=trust', '--no-sync', '-E', 'UTF8', '--no-locale'],
    { cwd: folder, stdio: 'pipe', ...owner },
  );
  return data;
}

async function pauseAll(postmaster: number, ms: number): Promise<void> {
  // The postmaster first, so that it forks no process that is missed.
  process.kill(postmaster, 'SIGSTOP');
  const paused = [postmaster, ...childrenOf(postmaster)];
  for (const one of paused) kill(one, 'SIGSTOP');
  await sleep(ms);
  for (const one of paused.reverse()) kill(one, 'SIGCONT');
}

async function untilReady(child: Child, url: string): Promise<void> {
  const isReady = await becomes(
    async () => {
      if (!child.isRunning()) throw new Error(`PostgreSQL ended: ${child.output()}`);
      const client = new pg.Client({ connectionString: url });
      // An unhandled error event would end the run.
      client.on('error', () => {});
      return client.connect().then(
        () => client.end().then(() => true),
        () => false,
      );
    },
    { limitMs: 60_000 },
  );
  if (!isReady) throw new Error(`PostgreSQL does not start: ${child.output()}`);
}

/** PostgreSQL refuses to run as root; another user of the machine does it then. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].flatMap((name) => users.filter(([own]) => own === name))[0];
  if (!found) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    // The name of the program, in brackets, may hold spaces.
    const [, fields] = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(fields);
  } catch {
    return undefined;
  }
}

/** A process that has ended by itself meanwhile is no failure. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {}
}
