import { agentApi as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

describe.each(engines)('saved filters on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;
  const query = { payload: [{ attribute_key: 'status', filter_operator: 'equal_to', values: ['open'] }] };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    own = await createTestAccount(server.app);
    account_id = own.account.id;
  });
  afterAll(() => server.stop());

  it('are stored as sent, and listed by type', async () => {
    const made = await own.as.agent(api.agentCreateCustomFilter, { account_id, name: ' Open ', query });
    expect(made).toMatchObject({ name: 'Open', filter_type: 'conversation', query });
    const people = await own.as.agent(api.agentCreateCustomFilter, {
      account_id,
      name: 'People',
      filter_type: 'contact',
    });
    expect(await own.as.agent(api.agentListCustomFilters, { account_id })).toEqual([made]);
    const list = { account_id, filter_type: 'contact' as const };
    expect(await own.as.agent(api.agentListCustomFilters, list)).toEqual([people]);
  });

  it('are changed and deleted', async () => {
    const { id } = await own.as.agent(api.agentCreateCustomFilter, { account_id, name: 'Tmp', query });
    const changed = await own.as.agent(api.agentUpdateCustomFilter, { account_id, id, name: 'Kept' });
    expect(changed).toMatchObject({ name: 'Kept', query });
    expect(await own.as.agent(api.agentGetCustomFilter, { account_id, id })).toEqual(changed);
    expect((await own.as.agent.raw(api.agentDeleteCustomFilter, { account_id, id })).status).toBe(204);
    expect((await own.as.agent.raw(api.agentDeleteCustomFilter, { account_id, id })).status).toBe(404);
  });

  it('need a name, and are hidden from other users', async () => {
    const nameless = await own.as.agent.raw(api.agentCreateCustomFilter, { account_id, query });
    expect(nameless).toMatchObject({ status: 422, body: { attributes: ['name'] } });
    const { id } = await own.as.agent(api.agentCreateCustomFilter, { account_id, name: 'Mine', query });
    const place = { account_id, id };
    for (const endpoint of [
      api.agentGetCustomFilter,
      api.agentUpdateCustomFilter,
      api.agentDeleteCustomFilter,
    ])
      expect((await own.as.administrator.raw(endpoint, place)).status).toBe(404);
    expect(await own.as.administrator(api.agentListCustomFilters, { account_id })).toEqual([]);
  });

  it('are limited to 1000 a user', async () => {
    const { administrator } = own;
    const row = {
      account_id,
      user_id: administrator.id,
      name: 'x',
      filter_type: 'report' as const,
      query: '{}',
    };
    const rows = Array.from({ length: 1000 }, (_, index) => ({
      ...row,
      id: 10_000 + index,
      created_at: 0,
      updated_at: 0,
    }));
    await server.app.db.write((tx) => tx.insertMany('custom_filters', rows));
    const refused = await own.as.administrator.raw(api.agentCreateCustomFilter, { account_id, name: 'x' });
    expect(refused.status).toBe(422);
  });
});
