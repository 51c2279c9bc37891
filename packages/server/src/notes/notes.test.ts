import { agentApi as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

describe.each(engines)('notes on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;
  let contact_id: number;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    own = await createTestAccount(server.app);
    account_id = own.account.id;
    contact_id = await contact();
  });
  afterAll(() => server.stop());

  const contact = async (account = own) =>
    (await account.as.agent(api.agentCreateContact, { account_id: account.account.id })).payload.contact.id;
  const create = (content: string, as = own.as.agent) =>
    as(api.agentCreateNote, { account_id, contact_id, content });
  const list = (id = contact_id) => own.as.agent(api.agentListNotes, { account_id, contact_id: id });

  it('are listed newest first, with their author and without the ids that Chatwoot omits', async () => {
    const first = await create('Likes tea');
    expect(first).toMatchObject({
      content: 'Likes tea',
      account_id: null,
      contact_id: null,
      user: { id: own.agent.id, role: 'agent' },
    });
    const second = await create('Has a dog', own.as.administrator);
    expect(await list()).toEqual([second, first]);
    expect(await own.as.agent(api.agentGetNote, { account_id, contact_id, id: first.id })).toEqual(first);
  });

  it('are listed up to the newest 500', async () => {
    const id = await contact();
    const times = { created_at: 1, updated_at: 1 };
    const rows = Array.from({ length: 502 }, (_, nth) => ({
      id: 1_000_000 + nth,
      account_id,
      contact_id: id,
      user_id: null,
      content: `${nth}`,
      ...times,
    }));
    await server.app.db.write((tx) => tx.insertMany('notes', rows));
    const listed = (await list(id)).map(({ content }) => Number(content));
    expect([listed.length, listed[0], listed.at(-1)]).toEqual([500, 501, 2]);
  });

  it('are changed and deleted', async () => {
    const { id } = await create('tmp');
    const changed = await own.as.administrator(api.agentUpdateNote, {
      account_id,
      contact_id,
      id,
      content: 'better',
    });
    expect(changed).toMatchObject({ content: 'better', user: { id: own.agent.id } });
    await own.as.agent(api.agentDeleteNote, { account_id, contact_id, id });
    expect((await own.as.agent.raw(api.agentGetNote, { account_id, contact_id, id })).status).toBe(404);
  });

  it('need a text', async () => {
    for (const body of [{}, { content: ' ' }]) {
      const answer = await own.as.agent.raw(api.agentCreateNote, { account_id, contact_id, ...body });
      expect(answer).toMatchObject({ status: 422, body: { attributes: ['content'] } });
    }
    const { id } = await create('kept');
    const blank = { account_id, contact_id, id, content: '' };
    expect((await own.as.agent.raw(api.agentUpdateNote, blank)).status).toBe(422);
  });

  it('are found only with their contact and account', async () => {
    const { id } = await create('secret');
    const other = await contact();
    const foreign = await createTestAccount(server.app);
    const theirs = await contact(foreign);
    for (const endpoint of [api.agentGetNote, api.agentUpdateNote, api.agentDeleteNote]) {
      const elsewhere = { account_id, contact_id: other, id, content: 'x' };
      expect((await own.as.agent.raw(endpoint, elsewhere)).status).toBe(404);
      const abroad = { account_id: foreign.account.id, contact_id: theirs, id, content: 'x' };
      expect((await foreign.as.agent.raw(endpoint, abroad)).status).toBe(404);
    }
    const stranger = { account_id, contact_id: theirs };
    expect((await own.as.agent.raw(api.agentListNotes, stranger)).status).toBe(404);
    expect((await own.as.agent.raw(api.agentCreateNote, { ...stranger, content: 'x' })).status).toBe(404);
  });

  it('move to the base of a merge', async () => {
    const base_contact_id = await contact();
    const mergee_contact_id = await contact();
    await own.as.agent(api.agentCreateNote, { account_id, contact_id: mergee_contact_id, content: 'moves' });
    await own.as.agent(api.agentMergeContacts, { account_id, base_contact_id, mergee_contact_id });
    expect((await list(base_contact_id)).map(({ content }) => content)).toEqual(['moves']);
  });
});
