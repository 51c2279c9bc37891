/**
 * State that is cached or derived from the database: sessions, counters, the search index, limits. Each is
 * raced with the writes that make it stale, among other writes, and no answer may show it.
 */
import { agentApi as api, clientApi } from '@hoory/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUpConversationCounts } from '../../src/conversations/record/store-counts.ts';
import { type AccountFixture, type CallOptions, call, createAccount } from '../fixtures/account.ts';
import { callerOf } from '../fixtures/call.ts';
import { type ConversationFixture, createConversation } from '../fixtures/conversation.ts';
import { createRandom } from '../fixtures/random.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

describe.each(engines)('on %s', { timeout: 60_000 }, (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: { HOORY_RATE_LIMITS: 'on' } });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const send = (to: ConversationFixture, content: string) =>
    call<{ id: number }>(server, clientApi.postMessage, {
      params: {
        inbox_identifier: fixture.inbox.identifier,
        contact_identifier: to.source_id,
        conversation_id: to.id,
      },
      body: { content },
    });

  const ask = <Body = Record<string, unknown>>(
    name: keyof typeof api,
    { params, as = fixture.administrator, ...given }: CallOptions = {},
  ) => call<Body>(server, api[name], { as, params: { account_id: fixture.account_id, ...params }, ...given });

  const some = (count: number) =>
    Promise.all(Array.from({ length: count }, () => createConversation(server, fixture)));

  it('lets no cached session write after its inbox asks for a proof, and each one again afterwards', async () => {
    const talks = await some(4);
    const setPolicy = (identity_policy: string) =>
      ask('agentUpdateInbox', { params: { id: fixture.inbox.id }, body: { channel: { identity_policy } } });
    for (let round = 0; round < 4; round++)
      for (const [policy, expected] of [
        ['enforce', 401],
        ['safe', 200],
      ] as const) {
        // These are in the batches around the change, with other writes; either answer is right for them.
        const around = talks.flatMap((talk) => [
          send(talk, 'around'),
          ask('agentSetConversationLabels', {
            params: { conversation_id: talk.id },
            body: { labels: [`r${round}`] },
          }),
        ]);
        expect((await setPolicy(policy)).status).toBe(200);
        const after = await Promise.all(talks.map((talk) => send(talk, 'after')));
        expect(after.map(({ status }) => status)).toEqual(talks.map(() => expected));
        for (const { status } of await Promise.all(around)) expect([200, 401]).toContain(status);
      }
  });

  it('counts conversations as they are stored, whatever is written meanwhile', async () => {
    const random = createRandom(11);
    const talks = await some(6);
    const one = () => talks[random(talks.length)] as ConversationFixture;
    const changes = [
      () => ask('agentToggleStatus', { params: { conversation_id: one().id }, body: { status: 'resolved' } }),
      () => ask('agentToggleStatus', { params: { conversation_id: one().id }, body: { status: 'open' } }),
      () => {
        const body = { assignee_id: random(2) * fixture.member.id };
        return ask('agentAssignConversation', { params: { conversation_id: one().id }, body });
      },
      () => send(one(), 'Beside'),
      () => addUpConversationCounts(server.app.db),
    ];
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 24 }, () => changes[random(changes.length)]?.()));
      const { body } = await ask<{ meta: Record<string, number> }>('agentGetConversationCounts');
      const rows = await server.app.db.all(
        sql<{ assignee_id: number | null }>`select assignee_id from conversations
          where account_id = ${fixture.account_id} and status = 'open'`,
      );
      const assigned = rows.filter(({ assignee_id }) => assignee_id !== null).length;
      expect(body.meta).toMatchObject({
        all_count: rows.length,
        assigned_count: assigned,
        unassigned_count: rows.length - assigned,
      });
    }
    const unread = await server.app.db.all(
      sql<{ unread_count: number; incoming: number }>`select unread_count, (select count(*) from messages
          where conversation_id = conversations.id and message_type = 0) as incoming
        from conversations where agent_last_seen_at is null`,
    );
    expect(unread.length).toBeGreaterThanOrEqual(talks.length);
    for (const { unread_count, incoming } of unread) expect(unread_count).toBe(incoming);
  });

  it('finds each acknowledged message, and no deleted one, while others are written and indexed', async () => {
    const random = createRandom(23);
    const talks = await some(3);
    const administrator = callerOf(server.url, fixture.administrator.access_token);
    const found = async (q: string) => {
      const { payload } = await administrator(api.agentSearchMessages, { account_id: fixture.account_id, q });
      return payload.messages.map(({ content }) => content);
    };
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const talk = talks[random(talks.length)] as ConversationFixture;
        const word = `word${index}x`;
        const { body } = await send(talk, word);
        expect(await found(word)).toEqual([word]);
        const params = { conversation_id: talk.id, message_id: body.id };
        const deleted = await ask('agentDeleteMessage', { params });
        expect(deleted.status).toBe(200);
        expect(await found(word)).toEqual([]);
      }),
    );
  });

  it('counts a message towards its limit once, however often its transaction runs', async () => {
    const [talk] = (await some(1)) as [ConversationFixture];
    let isOver = false;
    const breaking = (async () => {
      while (!isOver)
        await server.app.db
          .write(async (tx) => {
            await tx.nextIds('messages', 1);
            throw new Error('broken');
          })
          .catch(() => {});
    })();
    // The first one is there already.
    const answers = await Promise.all(Array.from({ length: 199 }, (_, index) => send(talk, `${index}`)));
    isOver = true;
    await breaking;
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect((await send(talk, 'one too many')).status).toBe(422);
  });
});
