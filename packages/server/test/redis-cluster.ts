/** A Redis Cluster of two servers, each with half of the slots. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Client } from 'ioredis';
import { expect, vi } from 'vitest';
import { freePort, type RedisServer, startRedisServer } from './redis.ts';

const lastSlot = 16_383;

/** Starts the servers, and resolves when they are one cluster. The address is that of the first. */
export async function startRedisCluster(): Promise<RedisServer> {
  const files = [randomUUID(), randomUUID()].map((name) => join(tmpdir(), `hoory-cluster-${name}.conf`));
  const servers = [];
  for (const file of files) {
    const busPort = String(await freePort());
    const args = ['--cluster-enabled', 'yes', '--cluster-config-file', file, '--cluster-port', busPort];
    servers.push({ busPort, server: await startRedisServer(args) });
  }
  const [first, second] = servers;
  if (!first || !second) throw new Error('no servers were started');
  const clients = [first, second].map(({ server }) => new Client(server.url));
  const [one, other] = clients;
  const half = Math.floor(lastSlot / 2);
  await one?.call('cluster', 'addslotsrange', 0, half);
  await other?.call('cluster', 'addslotsrange', half + 1, lastSlot);
  await one?.call('cluster', 'meet', '127.0.0.1', new URL(second.server.url).port, second.busPort);
  await vi.waitFor(
    async () => {
      for (const client of clients)
        expect(await client.cluster('INFO')).toMatch(/cluster_state:ok[\s\S]*cluster_known_nodes:2/);
    },
    { timeout: 60_000, interval: 100 },
  );
  for (const client of clients) client.disconnect();
  const each = (run: (server: RedisServer) => unknown) => [first, second].map(({ server }) => run(server));
  return {
    url: first.server.url,
    stop: async () => {
      await Promise.all(each((server) => server.stop()));
      for (const file of files) rmSync(file, { force: true });
    },
    start: async () => void (await Promise.all(each((server) => server.start()))),
    pause: () => void each((server) => server.pause()),
    resume: () => void each((server) => server.resume()),
  };
}
