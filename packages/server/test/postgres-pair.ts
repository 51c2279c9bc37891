/** A PostgreSQL with a streaming standby, as processes of their own, for tests that kill the one and promote the other. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './process.ts';

export interface PostgresServer {
  port: number;
  /** Of the database `postgres`, which is empty at first. */
  url: string;
  /** SIGKILL for all of its processes at once. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
}

export interface PostgresPair {
  /** Each commit waits until the standby has it. */
  primary: PostgresServer;
  standby: PostgresServer & { promote(): Promise<void> };
  stop(): Promise<void>;
}

/** The programs of the server that the test runner has started, and the user that may run them. */
interface Programs {
  bin: string;
  owner: { uid: number; gid: number };
}

export async function startPostgresPair(): Promise<PostgresPair> {
  const programs = await findPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'hoory-pair-'));
  chownSync(folder, programs.owner.uid, programs.owner.gid);
  const run = (program: string, args: readonly string[]) =>
    execFileSync(join(programs.bin, program), args, { cwd: folder, stdio: 'pipe', ...programs.owner });
  const [first, second] = [join(folder, 'primary'), join(folder, 'standby')];
  run('initdb', ['-D', first, '-U', 'hoory', '--auth=trust', '--no-sync', '-E', 'UTF8', '--no-locale']);
  const waiting = ['synchronous_commit=remote_apply', 'synchronous_standby_names=*'];
  const primary = serverOn(first, { programs, port: await freePort(), settings: waiting });
  await primary.start();
  const place = ['-h', '127.0.0.1', '-p', `${primary.port}`, '-U', 'hoory'];
  run('pg_basebackup', [...place, '-D', second, '-R', '-c', 'fast', '--no-sync']);
  const standby = serverOn(second, { programs, port: await freePort(), settings: [] });
  await standby.start();
  return {
    primary,
    standby: { ...standby, promote: () => query(standby.url, 'select pg_promote()') },
    stop: async () => {
      await Promise.all([primary.kill(), standby.kill()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function findPrograms(): Promise<Programs> {
  const client = new pg.Client({ connectionString: process.env.HOORY_TEST_POSTGRES as string });
  await client.connect();
  const { rows } = await client.query<{ bin: string; data: string }>(
    `select setting as bin, current_setting('data_directory') as data from pg_config where name = 'BINDIR'`,
  );
  await client.end();
  const { bin, data } = rows[0] as { bin: string; data: string };
  const { uid, gid } = statSync(data);
  return { bin, owner: { uid, gid } };
}

interface ServerOptions {
  programs: Programs;
  port: number;
  settings: readonly string[];
}

function serverOn(data: string, { programs: { bin, owner }, port, settings }: ServerOptions): PostgresServer {
  const url = `postgres://hoory@127.0.0.1:${port}/postgres`;
  const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', ...settings];
  const args = ['-D', data, '-p', `${port}`, ...all.flatMap((setting) => ['-c', setting])];
  let running: ChildProcess | undefined;
  return {
    port,
    url,
    kill: async () => {
      const { pid = 0, exitCode, signalCode } = running ?? {};
      if (!running || exitCode !== null || signalCode !== null) return;
      // Stopped first, so that it starts no process that is missed.
      process.kill(pid, 'SIGSTOP');
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
      const ended = once(running, 'exit');
      for (const one of [pid, ...children.map(Number)]) process.kill(one, 'SIGKILL');
      await ended;
    },
    start: async () => {
      running = spawn(join(bin, 'postgres'), args, { cwd: data, stdio: 'ignore', ...owner });
      while (!(await query(url, 'select 1').then(isTrue, isFalse))) {
        if (running.exitCode !== null) throw new Error(`PostgreSQL on ${data} does not start`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
}

const isTrue = () => true;
const isFalse = () => false;

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query(text).finally(() => client.end());
}
