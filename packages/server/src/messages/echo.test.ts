/** One message for each `echo_id`, whatever is written between its repeats, and by whomever. */
import { agentApi as api, clientApi } from '@hoory/contract';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, type CallOptions, call, createAccount } from '../../test/fixtures/account.ts';
import { type ConversationFixture, createConversation } from '../../test/fixtures/conversation.ts';
import { createRandom } from '../../test/fixtures/random.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { MessageRow } from '../db/tables.ts';

describe.each(engines)('echo_id on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const send = (to: ConversationFixture, body: object) =>
    call<{ id: number }>(server, clientApi.postMessage, {
      params: {
        inbox_identifier: fixture.inbox.identifier,
        contact_identifier: to.source_id,
        conversation_id: to.id,
      },
      body,
    });

  const ask = (
    name: keyof typeof api,
    { id }: Pick<ConversationFixture, 'id'>,
    given: Omit<CallOptions, 'params'> = {},
  ) =>
    call<{ id: number }>(server, api[name], {
      as: fixture.member,
      params: { account_id: fixture.account_id, conversation_id: id },
      ...given,
    });

  const stored = (like: string) =>
    server.app.db.all(
      sql<MessageRow>`select * from messages where echo_id is not null and content like ${like} order by id`,
    );

  it('makes one message of repeats among other writes', { timeout: 60_000 }, async () => {
    const random = createRandom(7);
    const talks = await Promise.all(Array.from({ length: 4 }, () => createConversation(server, fixture)));
    const others = [
      (to: ConversationFixture) =>
        ask('agentAssignConversation', to, { body: { assignee_id: fixture.member.id } }),
      (to: ConversationFixture) => ask('agentAssignConversation', to, { body: { assignee_id: 0 } }),
      (to: ConversationFixture) =>
        ask('agentSetConversationLabels', to, { body: { labels: [`l${random(5)}`] } }),
      (to: ConversationFixture) => ask('agentToggleStatus', to, { body: { status: 'resolved' } }),
      (to: ConversationFixture) => ask('agentPostMessage', to, { body: { content: 'Beside' } }),
    ];
    for (let round = 0; round < 5; round++) {
      const echoes = Array.from({ length: 8 }, (_, index) => ({
        to: talks[random(talks.length)] as ConversationFixture,
        body: { content: `round ${round} send ${index}`, echo_id: `${round} ${index}` },
      }));
      const sends = echoes.flatMap((echo) => Array.from({ length: 4 }, () => echo));
      const answers = await Promise.all(
        sends
          .map((echo) => ({ echo, place: random(1000) }))
          .sort((a, b) => a.place - b.place)
          .flatMap(({ echo: { to, body } }) => [
            send(to, body).then(({ status, body: { id } }) => `${body.content}: ${status} ${id}`),
            others[random(others.length)]?.(talks[random(talks.length)] as ConversationFixture).then(
              () => '',
            ),
          ]),
      );
      const messages = await stored(`round ${round} %`);
      expect(messages.map(({ content }) => content).sort()).toEqual(echoes.map(({ body }) => body.content));
      expect([...new Set(answers)].sort()).toEqual(
        ['', ...messages.map(({ content, id }) => `${content}: 200 ${id}`)].sort(),
      );
    }
  });

  it('lets one of several bodies win, and refuses the others', async () => {
    const talk = await createConversation(server, fixture);
    const bodies = Array.from({ length: 12 }, (_, index) => ({
      content: `body ${index % 4}`,
      echo_id: 'one',
    }));
    const answers = await Promise.all(bodies.map((body) => send(talk, body)));
    const [winner, ...more] = await stored('body %');
    expect(more).toEqual([]);
    for (const [index, { status, body }] of answers.entries())
      expect([status, body.id]).toEqual(
        bodies[index]?.content === winner?.content ? [200, winner?.id] : [422, undefined],
      );
  });

  it('counts for each sender of a conversation by itself', async () => {
    const talk = await createConversation(server, fixture);
    const body = { content: 'sender', echo_id: 's' };
    const bot = await call<{ access_token: string }>(server, api.agentCreateBot, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id },
      body: { name: 'Bot' },
    });
    const send4 = async () => [
      (await send(talk, body)).body.id,
      ...(await Promise.all(
        [fixture.member, fixture.administrator, bot.body].map(
          async (as) => (await ask('agentPostMessage', talk, { as, body })).body.id,
        ),
      )),
    ];
    const ids = await send4();
    expect(new Set(ids).size).toBe(4);
    expect(await send4()).toEqual(ids);
    expect((await stored('sender')).map(({ id }) => id)).toEqual(ids.sort((a, b) => a - b));
  });

  it.runIf(engine === 'postgres')('finds a message that another writer commits meanwhile', async () => {
    const talk = await createConversation(server, fixture);
    const first = await send(talk, { content: 'from elsewhere', echo_id: 'model' });
    const client = new pg.Client({ connectionString: server.config.databaseUrl });
    await client.connect();
    // Without the lock that every writer of this version takes: only the index is in the way.
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query(
      `insert into messages select (jsonb_populate_record(messages, '{"id": 900001, "echo_key": "c:elsewhere"}')).*
        from messages where id = $1`,
      [first.body.id],
    );
    const repeats = [
      send(talk, { content: 'from elsewhere', echo_id: 'elsewhere' }),
      send(talk, { content: 'another text', echo_id: 'elsewhere' }),
    ];
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(1);
    await client.query('commit');
    await client.end();
    const [same, other] = await Promise.all(repeats);
    expect([same?.status, same?.body.id, other?.status]).toEqual([200, 900_001, 422]);
  });
});
