/** A lock that another process holds on the SQLite file delays what it must and nothing else. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestAccount } from '../../../test/fixtures/test-account.ts';
import { base, openRaw } from '../../../test/raw-cable.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';

let server: TestServer;
let contacts: string;
let foreign: Database.Database;

beforeEach(async () => {
  server = await startTestServer();
  const { inbox } = await createTestAccount(server.app);
  contacts = `${server.url}/public/api/v1/inboxes/${inbox.identifier}/contacts`;
  foreign = new Database(join(server.config.data, 'hoory.sqlite'));
});

afterEach(async () => {
  foreign.close();
  await server.stop();
});

const create = (name: string) => fetch(contacts, { method: 'POST', body: new URLSearchParams({ name }) });

it('answers reads and pings while the lock is held, and writes once it is free', async () => {
  const { source_id } = (await (await create('Ana')).json()) as { source_id: string };
  const cable = openRaw(server.url, { protocol: base });
  await cable.until(({ type }) => type === 'welcome');
  foreign.exec('begin immediate');

  let isWritten = false;
  const written = create('Bo').then((response) => {
    isWritten = true;
    return response;
  });
  const pings = cable.pings.length;
  for (let count = 0; count < 20; count++) expect((await fetch(`${contacts}/${source_id}`)).status).toBe(200);
  await expect.poll(() => cable.pings.length).toBeGreaterThan(pings);
  expect(isWritten).toBe(false);

  foreign.exec('rollback');
  expect((await written).status).toBe(200);
  await cable.close();
});
