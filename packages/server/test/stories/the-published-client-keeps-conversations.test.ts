/** Every method of `@figuro/chatwoot-sdk` about conversations, their messages, labels and assignments, on this server as it is. */
import ChatwootClient from '@figuro/chatwoot-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccountFixture, createAccount } from '../fixtures/account.ts';
import { createConversation } from '../fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

describe.each(engines)('on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let accountId: number;

  beforeEach(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    accountId = fixture.account_id;
  });
  afterEach(() => server.stop());

  const client = () =>
    new ChatwootClient({
      config: {
        with_credentials: false,
        credentials: 'omit',
        basePath: server.url,
        token: fixture.administrator.access_token,
      },
    });

  test('an agent lists, filters, starts, assigns, labels, answers and resolves conversations', async () => {
    const { conversations, messages, conversationLabels, conversationAssignment, teams } = client();
    const { id: conversationId } = await createConversation(server, fixture, 'Where is my parcel?');
    const at = { accountId, conversationId };

    const team = await teams.create({ accountId, data: { name: 'Parcels' } });
    await conversationAssignment.assign({ ...at, data: { team_id: team.id as number } });
    const assigned = await conversationAssignment.assign({
      ...at,
      data: { assignee_id: fixture.member.id },
    });
    expect(assigned.id).toBe(fixture.member.id);
    await conversationLabels.add({ ...at, data: { labels: ['late'] } });
    expect((await conversationLabels.list(at)).payload).toEqual(['late']);

    const counts = await conversations.getMeta({ accountId, status: 'open', teamId: team.id as number });
    expect(counts.meta).toEqual({ all_count: 1, assigned_count: 1, mine_count: 0, unassigned_count: 0 });
    const listed = await conversations.list({
      accountId,
      assigneeType: 'assigned',
      q: 'parcel',
      inboxId: fixture.inbox.id,
      labels: ['late'],
      page: 1,
    });
    expect(listed.data?.payload).toMatchObject([{ id: conversationId, labels: ['late'] }]);
    const filtered = await conversations.filter({
      accountId,
      payload: [{ attribute_key: 'labels', filter_operator: 'equal_to', values: ['late'] }],
    });
    expect((filtered as unknown as { payload: { id: number }[] }).payload).toMatchObject([
      { id: conversationId },
    ]);
    expect(await conversations.get(at)).toMatchObject({
      id: conversationId,
      meta: { team: { name: 'parcels' } },
    });

    const answer = await messages.create({ ...at, data: { content: 'On its way' } });
    const shown = (await messages.list(at)) as unknown as { payload: { content: string }[] };
    expect(shown.payload.map(({ content }) => content)).toContain('On its way');
    await messages.delete({ ...at, messageId: answer.id as number });
    const toggled = await conversations.toggleStatus({ ...at, data: { status: 'resolved' } });
    expect(toggled.payload).toMatchObject({ success: true, current_status: 'resolved' });
  });
});
