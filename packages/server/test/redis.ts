/** A Redis of a test's own, which it may stop, restart and pause. Tests that need none of these share `HOORY_TEST_REDIS`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Whether this machine has Redis; its tests are skipped where not. */
export const hasRedis = process.env.HOORY_TEST_REDIS !== undefined;

export interface RedisServer {
  url: string;
  /** Ends the process; clients see their connections close. */
  stop(): Promise<void>;
  /** Starts a stopped server again at its address, empty. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

/** Starts a server on a free port. @param args more of its command line, such as `--requirepass secret` */
export async function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  let child = await run(port, args);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
    start: async () => {
      child = await run(port, args);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** Starts a cluster of three masters, whose nodes find each other and their slots. */
export async function startRedisCluster(): Promise<
  Pick<RedisServer, 'url' | 'stop'> & { servers: RedisServer[] }
> {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-cluster-'));
  const servers = await Promise.all(
    ['a', 'b', 'c'].map(async (name) =>
      startRedisServer([
        ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'],
        ...[
          '--cluster-config-file',
          join(folder, `${name}.conf`),
          '--cluster-port',
          String(await freePort()),
        ],
      ]),
    ),
  );
  const hosts = servers.map(({ url }) => new URL(url).host);
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], {
    timeout: 30_000,
  });
  return {
    url: servers[0]?.url ?? '',
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The address of a server that speaks TLS only, with a certificate that `ca` has signed: its own. */
export async function startTlsRedis(): Promise<Pick<RedisServer, 'url' | 'stop'> & { ca: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-tls-'));
  const [ca, key] = [join(folder, 'ca.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
    ...['-keyout', key, '-out', ca, ...subject],
  ]);
  const port = await freePort();
  const server = await startRedisServer([
    ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-cert-file', ca, '--tls-key-file', key],
  ]);
  return {
    url: `rediss://localhost:${port}`,
    ca,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(port: number, args: readonly string[]): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...fixed, ...args], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('Ready to accept connections')) break;
  }
  if (!said.includes('Ready to accept connections')) throw new Error(`redis-server ended: ${said}`);
  return child;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  if (typeof address !== 'object' || !address) throw new Error('the probe listens on no port');
  probe.close();
  await once(probe, 'close');
  return address.port;
}
