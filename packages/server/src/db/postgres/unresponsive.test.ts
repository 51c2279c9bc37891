/** Starts on a PostgreSQL that stops answering on connections that stay open. */
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { placeOf, throughNetwork } from '../../../test/databases.ts';
import { openNetwork } from '../../../test/network.ts';
import { engines } from '../../../test/server.ts';
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
      message: expect.stringContaining(`The database at ${host} accepts connections`),
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

  it('passes on what the work, and connecting, throw', async () => {
    const url = process.env.HOORY_TEST_POSTGRES as string;
    await expect(whileAnswering(url, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const elsewhere = new URL(url);
    elsewhere.pathname = '/nowhere';
    await expect(whileAnswering(elsewhere.href, async () => {})).rejects.toThrow(/nowhere/);
  });
});
