/** Two nodes share their state: people, sets, sessions, repeats, tokens, rights and limits (decisions.md 10). */
import {
  agentAgents,
  agentConversations,
  agentInboxes,
  auth,
  clientContacts,
  clientConversations,
  clientMessages,
  profile,
  profilePassword,
} from '@hoory/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserRow } from '../../src/db/tables.ts';
import { streamOf } from '../../src/events/emit.ts';
import {
  type AccountFixture,
  type CallOptions,
  call,
  createAccount,
  createNextAccount,
  password,
} from '../fixtures/account.ts';
import { insertSessionRow } from '../fixtures/rows.ts';
import { logEvent } from '../log-event.ts';
import { hasNodes, type Nodes, startNodes } from '../nodes.ts';
import { agentIdentifier, base, contactIdentifier, ext, openRaw, type RawCable } from '../raw-cable.ts';
import { startRedisCluster } from '../redis-cluster.ts';
import type { Node } from '../server.ts';
import { sessionKeyOf } from '../sides.ts';

const timeout = 20_000;
const opened: RawCable[] = [];

function open(node: Node, { protocol = ext, query = '', first = [] as object[] } = {}): RawCable {
  const cable = openRaw(node.url, { protocol, query, first });
  opened.push(cable);
  return cable;
}

async function subscribe(node: Node, identifier: string, options: Parameters<typeof open>[1] = {}) {
  const cable = open(node, { ...options, first: [{ command: 'subscribe', identifier }] });
  await cable.until((frame) => frame.type === 'confirm_subscription');
  return cable;
}

describe.runIf(hasNodes)('two nodes', { timeout: 90_000 }, () => {
  let nodes: Nodes;
  let fixture: AccountFixture;

  beforeAll(async () => {
    nodes = await startNodes();
  }, 60_000);
  afterAll(() => nodes.stop(), 60_000);
  beforeEach(async () => {
    fixture = await createNextAccount(nodes.a);
  });
  afterEach(async () => {
    for (const cable of opened.splice(0)) cable.ws.terminate();
    nodes.redis.resume();
    await becomesUp(true);
  });

  const becomesUp = (isUp: boolean) =>
    expect
      .poll(() => [nodes.a, nodes.b].every(({ app }) => app.redis?.isUp() === isUp), { timeout })
      .toBe(true);

  const desk = (node: Node, user: UserRow, options?: Parameters<typeof open>[1]) =>
    subscribe(node, agentIdentifier(user, fixture.account_id), options);

  const asAdministrator = (params: CallOptions['params'], body?: unknown): CallOptions => ({
    as: fixture.administrator,
    params: { account_id: fixture.account_id, ...params },
    body,
  });

  const usersIn = ({ frames }: RawCable) =>
    frames.filter(({ message }) => message?.event === 'presence.update').at(-1)?.message?.data?.users as
      | Record<string, string>
      | undefined;

  const say = (node: Node, stream: string, ...numbers: number[]) =>
    node.app.db.write(async (tx) => {
      for (const n of numbers) await logEvent(tx, 'message.created', [{ streams: [stream], data: { n } }]);
    });

  it('show the people of both, at the socket and over HTTP', async () => {
    const { member, administrator, account_id } = fixture;
    const watching = await desk(nodes.b, administrator);
    await desk(nodes.a, member);
    await watching.until(() => usersIn(watching)?.[member.id] === 'online');
    const list = await call<{ id: number; availability_status: string }[]>(
      nodes.b,
      agentAgents.agentListAgents,
      asAdministrator({}),
    );
    expect(list.body.find(({ id }) => id === member.id)).toMatchObject({ availability_status: 'online' });
    expect(await nodes.b.app.presence.online(account_id, 'user')).toContain(member.id);
  });

  it('share presence sets, with events for the subscribers of both', async () => {
    const identifiers = [fixture.member, fixture.administrator].map((user) =>
      agentIdentifier(user, fixture.account_id),
    );
    const [here, there] = [
      await subscribe(nodes.a, identifiers[0] ?? ''),
      await subscribe(nodes.b, identifiers[1] ?? ''),
    ];
    const plain = await desk(nodes.b, fixture.outsider, { protocol: base });
    here.send({ command: 'join', identifier: identifiers[0], presence: { id: 'mo', info: { at: 'desk' } } });
    const joined = await there.until((frame) => frame.type === 'presence');
    expect(joined).toEqual({
      type: 'presence',
      identifier: identifiers[1],
      message: { type: 'join', id: 'mo', info: { at: 'desk' } },
    });
    there.send({ command: 'presence', identifier: identifiers[1] });
    const info = await there.until(({ message }) => message?.type === 'info');
    expect(info.message).toEqual({ type: 'info', total: 1, records: [{ id: 'mo', info: { at: 'desk' } }] });
    here.send({ command: 'leave', identifier: identifiers[0] });
    await there.until(({ message }) => message?.type === 'leave' && message.id === 'mo');
    await plain.settled();
    expect(plain.frames.filter(({ type }) => type === 'presence')).toEqual([]);
  });

  describe('sessions of the cable', () => {
    let identifier: string;
    let stream: string;

    beforeEach(async () => {
      const session = await insertSessionRow(nodes.a.app, fixture.inbox);
      identifier = contactIdentifier(session.pubsub_token);
      stream = streamOf.session(session.id);
    });

    const sidOf = (cable: RawCable) => String(cable.frames[0]?.sid);
    const isOnRedis = async (cable: RawCable, expected: boolean) => {
      const { app } = nodes.b;
      const key = sessionKeyOf(app, sidOf(cable));
      await expect.poll(() => app.redis?.commands.exists(key), { timeout }).toBe(expected ? 1 : 0);
    };

    it('are restored at the other node with the positions of streams that were silent, and one time', async () => {
      const stale = await subscribe(nodes.a, identifier);
      await isOnRedis(stale, true);
      const sid = sidOf(stale);
      const next = open(nodes.b, { query: `?sid=${sid}` });
      const welcome = await next.until((frame) => frame.type === 'welcome');
      expect(welcome).toMatchObject({ restored: true, restored_ids: [identifier] });
      await stale.closed;
      await say(nodes.a, stream, 1, 2);
      next.send({ command: 'history', identifier });
      await next.until(({ message }) => message?.data?.n === 2);
      expect(next.numbers()).toEqual([1, 2]);
      expect(next.frames.map(({ type }) => type)).not.toContain('reject_history');
      for (const node of [nodes.a, nodes.b]) {
        const again = open(node, { query: `?sid=${sid}` });
        expect(await again.until((frame) => frame.type === 'welcome')).not.toHaveProperty('restored');
      }
    });

    it('are taken by one of two clients that come at once', async () => {
      const first = await subscribe(nodes.a, identifier);
      await isOnRedis(first, true);
      const both = [nodes.a, nodes.b].map((node) => open(node, { query: `?sid=${sidOf(first)}` }));
      const welcomes = await Promise.all(
        both.map((cable) => cable.until((frame) => frame.type === 'welcome')),
      );
      expect(welcomes.filter(({ restored }) => restored)).toHaveLength(1);
    });

    it('are authorised again: a session whose token changed is not restored', async () => {
      const cable = await desk(nodes.a, fixture.member);
      await isOnRedis(cable, true);
      const sid = sidOf(cable);
      cable.ws.terminate();
      await call(nodes.a, profile.resetAccessToken, { as: fixture.member });
      const next = open(nodes.b, { query: `?sid=${sid}` });
      const welcome = await next.until((frame) => frame.type === 'welcome');
      expect(welcome.restored_ids ?? []).toEqual([]);
    });

    it('stay at their own node when they are larger than 64 kB', async () => {
      const cable = await subscribe(nodes.a, identifier);
      await isOnRedis(cable, true);
      const token = JSON.parse(identifier).pubsub_token;
      const large = Array.from({ length: 20 }, (_, n) =>
        contactIdentifier(token, { n, more: 'x'.repeat(3900) }),
      );
      for (const one of large) cable.send({ command: 'subscribe', identifier: one });
      await cable.settled();
      await isOnRedis(cable, false);
      const away = open(nodes.b, { query: `?sid=${sidOf(cable)}` });
      expect(await away.until((frame) => frame.type === 'welcome')).not.toHaveProperty('restored');
      const back = open(nodes.a, { query: `?sid=${sidOf(cable)}` });
      const { restored_ids } = await back.until((frame) => frame.type === 'welcome');
      expect(restored_ids).toEqual([identifier, ...large]);
    });

    it('stay at their own node while Redis is paused, and no client waits', async () => {
      const [here, there] = [await subscribe(nodes.a, identifier), await subscribe(nodes.a, identifier)];
      for (const cable of [here, there]) await isOnRedis(cable, true);
      nodes.redis.pause();
      await becomesUp(false);
      const away = open(nodes.b, { query: `?sid=${sidOf(there)}` });
      expect(await away.until((frame) => frame.type === 'welcome')).not.toHaveProperty('restored');
      const back = open(nodes.a, { query: `?sid=${sidOf(here)}` });
      expect(await back.until((frame) => frame.type === 'welcome')).toMatchObject({ restored: true });
    });
  });

  it('store one message and one answer for repeats that arrive at both at once', async () => {
    const { inbox } = fixture;
    const inInbox = { inbox_identifier: inbox.identifier };
    const { body: contact } = await call<{ source_id: string }>(nodes.a, clientContacts.createContact, {
      params: inInbox,
      body: {},
    });
    const ofContact = { ...inInbox, contact_identifier: contact.source_id };
    const { body: conversation } = await call<{ id: number }>(
      nodes.b,
      clientConversations.createConversation,
      { params: ofContact, body: {} },
    );
    const params = { ...ofContact, conversation_id: conversation.id };
    for (const more of [
      { body: { content: 'by echo_id', echo_id: 'e1' } },
      { body: { content: 'by key' }, headers: { 'idempotency-key': 'a-key-of-this-message' } },
    ]) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, count) =>
          call<{ id: number }>(count % 2 ? nodes.a : nodes.b, clientMessages.postMessage, {
            params,
            ...more,
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    }
    const { db } = nodes.a.app;
    const rows = await db.all(db.q.selectFrom('messages').select('content').where('inbox_id', '=', inbox.id));
    expect(rows.map(({ content }) => content).sort()).toEqual(['by echo_id', 'by key']);
  });

  it('refuse a token at once that the other has changed', async () => {
    const { member } = fixture;
    expect((await call(nodes.b, profile.getProfile, { as: member })).status).toBe(200);
    await call(nodes.a, profile.resetAccessToken, { as: member });
    expect((await call(nodes.b, profile.getProfile, { as: member })).status).toBe(401);
  });

  describe.each(['with Redis', 'without Redis'] as const)('%s', (condition) => {
    const farewell = { type: 'disconnect', reason: 'remote', reconnect: true };
    const isSentAway = async (cable: RawCable) => {
      await cable.closed;
      expect(cable.frames.at(-1)).toEqual(farewell);
    };

    it('close sockets at the other when a token, a password, a membership or a policy changes', async () => {
      const { member, outsider, administrator, inbox } = fixture;
      const contact = await insertSessionRow(nodes.a.app, inbox);
      const [renewed, removed, careful] = [
        await desk(nodes.b, outsider),
        await desk(nodes.b, member),
        await desk(nodes.b, administrator),
      ];
      const unverified = await subscribe(nodes.b, contactIdentifier(contact.pubsub_token));
      if (condition === 'without Redis') {
        nodes.redis.pause();
        await becomesUp(false);
      }
      const policy = asAdministrator({ id: inbox.id }, { channel: { identity_policy: 'enforce' } });
      await call(nodes.a, agentInboxes.agentUpdateInbox, policy);
      await isSentAway(unverified);
      await call(nodes.a, agentAgents.agentDeleteAgent, asAdministrator({ id: member.id }));
      await isSentAway(removed);
      await call(nodes.a, profile.resetAccessToken, { as: outsider });
      await isSentAway(renewed);
      const body = {
        current_password: password,
        password: 'Another-456',
        password_confirmation: 'Another-456',
      };
      await call(nodes.a, profilePassword.updateProfile, { as: administrator, body });
      await isSentAway(careful);
    });

    it('change the streams of sockets at the other when a membership or a role changes', async () => {
      const { outsider, inbox } = fixture;
      const cable = await desk(nodes.b, outsider);
      if (condition === 'without Redis') {
        nodes.redis.pause();
        await becomesUp(false);
      }
      const hears = async (isHeard: boolean) => {
        for (let n = 1; ; n++) {
          await say(nodes.a, streamOf.inbox(inbox.id), n);
          await say(nodes.a, streamOf.account(fixture.account_id), -n);
          await cable.until(({ message }) => message?.data?.n === -n);
          if (cable.numbers().includes(n) === isHeard) break;
        }
        cable.frames.length = 0;
      };
      const members = asAdministrator({}, { inbox_id: inbox.id, user_ids: [outsider.id] });
      await call(nodes.a, agentInboxes.agentAddInboxMembers, members);
      await hears(true);
      await call(nodes.a, agentInboxes.agentRemoveInboxMembers, members);
      await hears(false);
      const become = (role: string) =>
        call(nodes.a, agentAgents.agentUpdateAgent, asAdministrator({ id: outsider.id }, { role }));
      await become('administrator');
      await hears(true);
    });
  });
});

describe.runIf(hasNodes)('two nodes with limits', { timeout: 90_000 }, () => {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await startNodes({ HOORY_RATE_LIMITS: 'on' });
  }, 60_000);
  afterAll(() => nodes.stop(), 60_000);

  it('count requests and failed sign-ins together', async () => {
    const { account_id, member } = await createAccount(nodes.a);
    const alternately = async (times: number, ask: (node: Node) => Promise<{ status: number }>) => {
      const statuses: number[] = [];
      for (let count = 0; count < times; count++)
        statuses.push((await ask(count % 2 ? nodes.a : nodes.b)).status);
      return statuses;
    };
    const counts = await alternately(32, (node) =>
      call(node, agentConversations.agentGetConversationCounts, { as: member, params: { account_id } }),
    );
    expect(counts).toEqual([...Array(30).fill(200), 429, 429]);
    const signIns = await alternately(7, (node) =>
      call(node, auth.signIn, { body: { email: member.email, password: 'wrong' } }),
    );
    expect(signIns).toEqual([...Array(5).fill(401), 429, 429]);
  });
});

describe.runIf(hasNodes)('two nodes on a Redis Cluster', { timeout: 90_000 }, () => {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await startNodes({ HOORY_RATE_LIMITS: 'on' }, await startRedisCluster());
  }, 120_000);
  afterAll(() => nodes.stop(), 60_000);

  it('share people, sets, sessions and counts', async () => {
    expect(nodes.a.app.redis?.isCluster).toBe(true);
    const { account_id, member, administrator } = await createAccount(nodes.a);
    const [mo, ana] = [agentIdentifier(member, account_id), agentIdentifier(administrator, account_id)];
    const here = await subscribe(nodes.a, mo);
    const there = await subscribe(nodes.b, ana);
    await expect
      .poll(() => nodes.b.app.presence.isOnline(account_id, 'user', member.id), { timeout })
      .toBe(true);
    here.send({ command: 'join', identifier: mo, presence: { id: 'mo', info: {} } });
    await there.until(({ message }) => message?.type === 'join' && message.id === 'mo');
    // A sweep writes all that is due at once: presence and the session are written by the same ticks.
    const { sid } = here.frames[0] ?? {};
    let welcome: Record<string, unknown> = {};
    await expect
      .poll(
        async () => {
          const next = open(nodes.b, { query: `?sid=${String(sid)}` });
          welcome = await next.until((frame) => frame.type === 'welcome');
          return welcome.restored;
        },
        { timeout },
      )
      .toBe(true);
    expect(welcome.restored_ids).toEqual([mo]);
    await here.closed;
    const statuses: number[] = [];
    for (let count = 0; count < 31; count++) {
      const node = count % 2 ? nodes.a : nodes.b;
      const params = { account_id };
      const counts = agentConversations.agentGetConversationCounts;
      statuses.push((await call(node, counts, { as: member, params })).status);
    }
    expect(statuses).toEqual([...Array(30).fill(200), 429]);
  });
});
