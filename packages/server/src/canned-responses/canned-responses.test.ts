import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const {
  agentListCannedResponses,
  agentCreateCannedResponse,
  agentUpdateCannedResponse,
  agentDeleteCannedResponse,
} = agentApi;

interface Response {
  id: number;
  short_code: string;
}

describe.each(engines)('canned responses on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const create = (body: unknown, as = fixture.outsider) =>
    call<Response>(server, agentCreateCannedResponse, {
      as,
      params: { account_id: as === fixture.foreigner ? fixture.foreign.account_id : fixture.account_id },
      body,
    });
  const found = async (search?: string) => {
    const path = `/api/v1/accounts/${fixture.account_id}/canned_responses`;
    const query = search === undefined ? '' : `?${new URLSearchParams({ search })}`;
    const answer = await fetch(server.url + path + query, {
      headers: { api_access_token: fixture.member.access_token },
    });
    return ((await answer.json()) as Response[]).map(({ short_code }) => short_code);
  };

  it('are created by any agent, flat or under their root key', async () => {
    const { body } = await create({
      canned_response: { short_code: ' hi ', content: 'Hello {{contact.name}}' },
    });
    expect(body).toMatchObject({
      short_code: 'hi',
      content: 'Hello {{contact.name}}',
      account_id: fixture.account_id,
    });
    expect((await create({ short_code: 'bye', content: 'See you, 100% sure' })).status).toBe(200);
  });

  it('need a text and a short code that is free in the account', async () => {
    const attributes = async (body: unknown) => {
      const answer = await create(body);
      expect(answer.status).toBe(422);
      return (answer.body as unknown as { attributes: string[] }).attributes;
    };
    expect(await attributes({ content: 'x' })).toEqual(['short_code']);
    expect(await attributes({ short_code: 'x' })).toEqual(['content']);
    expect(await attributes({ short_code: 'x', content: ' ' })).toEqual(['content']);
    expect(await attributes({ short_code: 'hi', content: 'x' })).toEqual(['short_code']);
    expect((await create({ short_code: 'hi', content: 'x' }, fixture.foreigner)).status).toBe(200);
  });

  it('are searched in code and text, literally, best matches first', async () => {
    await create({ short_code: 'oh-hi', content: 'x' });
    await create({ short_code: 'zz', content: 'They said HI' });
    expect(await found()).toEqual(['bye', 'hi', 'oh-hi', 'zz']);
    expect(await found('hi')).toEqual(['hi', 'oh-hi', 'zz']);
    expect(await found('100%')).toEqual(['bye']);
    expect(await found('%')).toEqual(['bye']);
    expect(await found('nothing')).toEqual([]);
    expect(await found(' ')).toHaveLength(4);
  });

  it('are changed and deleted within their account only', async () => {
    const { body } = await create({ short_code: 'tmp', content: 'x' });
    const place = { as: fixture.member, params: { ...own, id: body.id } };
    const changed = await call(server, agentUpdateCannedResponse, { ...place, body: { content: 'y' } });
    expect(changed.body).toMatchObject({ short_code: 'tmp', content: 'y' });
    expect(
      (await call(server, agentUpdateCannedResponse, { ...place, body: { short_code: 'hi' } })).status,
    ).toBe(422);
    const foreign = {
      as: fixture.foreigner,
      params: { account_id: fixture.foreign.account_id, id: body.id },
    };
    expect((await call(server, agentUpdateCannedResponse, { ...foreign, body: {} })).status).toBe(404);
    expect((await call(server, agentDeleteCannedResponse, foreign)).status).toBe(404);
    expect((await call(server, agentDeleteCannedResponse, place)).status).toBe(200);
    expect((await call(server, agentDeleteCannedResponse, place)).status).toBe(404);
    const { body: list } = await call<Response[]>(server, agentListCannedResponses, {
      as: fixture.member,
      params: own,
    });
    expect(list.map(({ id }) => id)).not.toContain(body.id);
  });
});
