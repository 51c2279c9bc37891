import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const {
  agentListCustomAttributes,
  agentGetCustomAttribute,
  agentCreateCustomAttribute,
  agentUpdateCustomAttribute,
  agentDeleteCustomAttribute,
} = agentApi;

interface Definition {
  id: number;
  attribute_key: string;
}

describe.each(engines)('custom attribute definitions on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const create = (body: unknown) =>
    call<Definition>(server, agentCreateCustomAttribute, { as: fixture.administrator, params: own, body });
  const named = (attribute_key: string, more: object = {}) => ({
    attribute_display_name: 'Plan',
    attribute_key,
    ...more,
  });

  it('accept words and numbers, and return words', async () => {
    const { body } = await create({
      custom_attribute_definition: named('plan', {
        attribute_model: 1,
        attribute_display_type: 6,
        attribute_values: ['free', 'paid'],
      }),
    });
    expect(body).toMatchObject({
      attribute_key: 'plan',
      attribute_model: 'contact_attribute',
      attribute_display_type: 'list',
      attribute_values: ['free', 'paid'],
      default_value: null,
    });
    expect((await create(named('tier', { attribute_model: 'conversation_attribute' }))).body).toMatchObject({
      attribute_model: 'conversation_attribute',
      attribute_display_type: 'text',
    });
  });

  it('refuse keys that are missing, malformed, built in or in use for their model', async () => {
    const attributes = async (body: unknown) => {
      const answer = await create(body);
      expect(answer.status).toBe(422);
      return (answer.body as unknown as { attributes: string[] }).attributes;
    };
    expect(await attributes({ attribute_display_name: 'X' })).toEqual(['attribute_key']);
    expect(await attributes({ attribute_key: 'x' })).toEqual(['attribute_display_name']);
    expect(await attributes(named('two words'))).toEqual(['attribute_key']);
    expect(await attributes(named('email', { attribute_model: 'contact_attribute' }))).toEqual([
      'attribute_key',
    ]);
    expect(await attributes(named('plan', { attribute_model: 1 }))).toEqual(['attribute_key']);
    expect(await attributes(named('x', { attribute_model: 7 }))).toEqual(['attribute_model']);
    expect((await create(named('plan', { attribute_model: 0 }))).status).toBe(200);
  });

  it('are listed by model, shown, changed and deleted', async () => {
    const { body } = await create(named('size', { attribute_model: 'contact_attribute' }));
    const list = async (query: string) => {
      const path = `/api/v1/accounts/${fixture.account_id}/custom_attribute_definitions${query}`;
      const headers = { api_access_token: fixture.member.access_token };
      const answer = await fetch(server.url + path, { headers });
      return ((await answer.json()) as Definition[]).map(({ attribute_key }) => attribute_key);
    };
    expect(await list('?attribute_model=1')).toEqual(['plan', 'size']);
    expect(await list('?attribute_model=contact_attribute')).toEqual(['plan', 'size']);
    expect(await list('?attribute_model=0')).toEqual(['tier', 'plan']);
    expect(await list('')).toHaveLength(4);
    const all = await call<Definition[]>(server, agentListCustomAttributes, {
      as: fixture.member,
      params: own,
    });
    expect(all.body).toHaveLength(4);

    const place = { as: fixture.administrator, params: { ...own, id: body.id } };
    const changed = await call(server, agentUpdateCustomAttribute, {
      ...place,
      body: { attribute_display_name: 'Size', regex_pattern: '^\\d+$' },
    });
    expect(changed.body).toMatchObject({ attribute_display_name: 'Size', regex_pattern: '^\\d+$' });
    expect((await call(server, agentGetCustomAttribute, place)).body).toEqual(changed.body);
    const taken = await call(server, agentUpdateCustomAttribute, {
      ...place,
      body: { attribute_key: 'plan' },
    });
    expect(taken.status).toBe(422);
    expect((await call(server, agentDeleteCustomAttribute, place)).status).toBe(204);
    expect((await call(server, agentDeleteCustomAttribute, place)).status).toBe(404);
  });
});
