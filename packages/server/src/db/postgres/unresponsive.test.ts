/** Starts on a PostgreSQL that stops answering, cannot be used, or vanishes. */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { run } from '../../../test/command-line.ts';
import { placeOf, throughNetwork } from '../../../test/databases.ts';
import { openNetwork } from '../../../test/network.ts';
import { freePort } from '../../../test/process.ts';
import { engines, freshConfig } from '../../../test/server.ts';
import { readConfig } from '../../config.ts';
import { startServer } from '../../main.ts';
import { duringStart } from '../open.ts';
import { whileAnswering } from './unresponsive.ts';

describe.runIf(engines.includes('postgres'))('a database that stops answering', { timeout: 60_000 }, () => {
  it('ends the work that waits for it', async () => {
    const direct = process.env.HOORY_TEST_POSTGRES as string;
    const network = await openNetwork(placeOf(direct));
    const url = throughNetwork(direct, network);
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    const work = whileAnswering(url, async () => {
      await client.query('select 1');
      network.become('silent');
      await client.query('select 2');
    });
    const { host } = new URL(network.url);
    await expect(work).rejects.toMatchObject({
      name: 'DatabaseUnresponsive',
      message: expect.stringContaining(`The database at ${host} has not answered`),
    });
    await network.stop();
  });

  it('does not end work that takes long while the database answers', async () => {
    const url = process.env.HOORY_TEST_POSTGRES as string;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    // Longer than the pause between two signs of life.
    const { rows } = await whileAnswering(url, () => client.query('select pg_sleep(5), 1 as done'));
    expect(rows).toMatchObject([{ done: 1 }]);
    await client.end();
  });

  it('passes on what the work throws', async () => {
    const url = process.env.HOORY_TEST_POSTGRES as string;
    await expect(whileAnswering(url, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});

describe.runIf(engines.includes('postgres'))('a wrong DATABASE_URL', { timeout: 60_000 }, () => {
  /** Refuses every password, as a server does whose users must have another one. */
  async function openRefusing(): Promise<{ port: number; close(): void }> {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(passwordFailed('ann')));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  /** An ErrorResponse of PostgreSQL's protocol. */
  function passwordFailed(user: string): Buffer {
    const fields = [
      'SFATAL',
      'VFATAL',
      'C28P01',
      `Mpassword authentication failed for user "${user}"`,
      '',
    ].join('\0');
    const body = Buffer.from(`${fields}\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  }

  const startWith = async (url: string) => {
    const ran = await run(['serve'], {
      HOORY_DATA: mkdtempSync(join(tmpdir(), 'hoory-')),
      PORT: '0',
      DATABASE_URL: url,
    });
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    return ran.stderr;
  };
  const unusable = (place: string, reason: string) =>
    `The database at ${place} cannot be used: ${reason}. Check DATABASE_URL and the server, then start again.\n`;

  it('stops the start with the address and the reason, and without the password', async () => {
    const refusing = await openRefusing();
    const port = await freePort();
    const elsewhere = new URL(process.env.HOORY_TEST_POSTGRES as string);
    elsewhere.pathname = '/nowhere';
    const { host } = new pg.Client({ connectionString: elsewhere.href });
    const [refused, unknown, password, missing] = await Promise.all([
      startWith(`postgres://ann:secret@127.0.0.1:${port}/hoory`),
      startWith('postgres://ann:secret@no-such-host.invalid/hoory'),
      startWith(`postgres://ann:secret@127.0.0.1:${refusing.port}/hoory`),
      startWith(elsewhere.href),
    ]).finally(() => refusing.close());
    expect(refused).toBe(unusable(`127.0.0.1:${port}`, `connect ECONNREFUSED 127.0.0.1:${port}`));
    expect(unknown).toMatch(/^The database at no-such-host.invalid:5432 cannot be used: getaddrinfo /);
    expect(password).toBe(
      unusable(`127.0.0.1:${refusing.port}`, 'password authentication failed for user "ann"'),
    );
    expect(missing).toContain(`The database at ${host}`);
    expect(missing).toContain('cannot be used: database "nowhere" does not exist.');
    for (const text of [refused, unknown, password]) expect(text).not.toContain('secret');
  });
});

describe.runIf(engines.includes('postgres'))('a start whose database vanishes', { timeout: 60_000 }, () => {
  /** Steps of a start at which the connections break: more of them would find the same places again. */
  const steps = 12;

  it('ends with the address and the reason, whatever it was doing', async () => {
    const fresh = await freshConfig('postgres', { HOORY_LOG_LEVEL: 'silent' });
    const direct = new URL(fresh.env.DATABASE_URL as string);
    const network = await openNetwork(placeOf(direct.href));
    const through = new URL(throughNetwork(direct.href, network));
    // The server of the tests trusts everybody.
    through.password = 'secret';
    const config = readConfig({ ...fresh.env, DATABASE_URL: through.href });
    const start = () => duringStart(config, () => startServer(config));
    const server = await start();
    const needed = network.answers();
    await server.close();
    for (let step = 0; step < steps; step++) {
      network.become('open');
      network.breakAfter(Math.floor((step * needed) / steps));
      const error = await start().then(
        (server) => server.close(),
        (thrown) => thrown,
      );
      expect([step, error]).toEqual([step, expect.objectContaining({ name: 'DatabaseUnusable' })]);
      expect(error.message).toMatch(
        new RegExp(`^The database at ${through.host} cannot be used: .+ start again\\.$`),
      );
      expect(error.message).not.toContain('secret');
    }
    await network.stop();
    await fresh.release();
  });
});
