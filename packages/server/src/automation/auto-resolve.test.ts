import { agentApi as api, clientApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../test/fixtures/call.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { resolveIdle } from './auto-resolve.ts';

const minute = 60_000;

describe.each(engines)('idle conversations on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let clock = Date.now();

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    own = await createTestAccount(server.app);
  });
  afterAll(() => server.stop());

  const settle = (settings: object) =>
    own.as.administrator(api.agentUpdateAccount, { account_id: own.account.id, ...settings });
  async function converse() {
    const as = callerOf(server.url, '');
    const at = { inbox_identifier: own.inbox.identifier };
    const { source_id } = await as(clientApi.createContact, at);
    const place = { ...at, contact_identifier: source_id };
    const { id } = await as(clientApi.createConversation, place);
    const write = (content: string) => as(clientApi.postMessage, { ...place, conversation_id: id, content });
    const read = () => as(clientApi.listMessages, { ...place, conversation_id: id });
    await write('Hello');
    return { id, write, read };
  }
  const show = (conversation_id: number) =>
    own.as.agent(api.agentGetConversation, { account_id: own.account.id, conversation_id });

  it('are resolved after the minutes that the account says, with its message and label', async () => {
    const old = await converse();
    expect(await resolveIdle(server.app)).toBe(0);
    await settle({
      auto_resolve_after: 30,
      auto_resolve_message: 'Are you there?',
      auto_resolve_label: 'idle',
    });
    clock += 20 * minute;
    const young = await converse();
    clock += 11 * minute;
    expect(await resolveIdle(server.app)).toBe(1);
    expect(await show(old.id)).toMatchObject({ status: 'resolved', labels: ['idle'] });
    expect(await show(young.id)).toMatchObject({ status: 'open', labels: [] });
    expect((await old.read()).map(({ content }) => content)).toEqual(['Hello', 'Are you there?']);
    expect(await resolveIdle(server.app)).toBe(0);
  });

  it('are left open while the customer waits, where the account says so', async () => {
    await settle({ auto_resolve_ignore_waiting: true, auto_resolve_message: null });
    const waiting = await converse();
    const answered = await converse();
    await own.as.agent(api.agentPostMessage, {
      account_id: own.account.id,
      conversation_id: answered.id,
      content: 'Hi',
    });
    clock += 31 * minute;
    await resolveIdle(server.app);
    expect((await show(waiting.id)).status).toBe('open');
    expect((await show(answered.id)).status).toBe('resolved');
    await settle({ auto_resolve_after: null });
    clock += 100 * minute;
    expect(await resolveIdle(server.app)).toBe(0);
  });
});
