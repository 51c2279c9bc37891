/** What subscribers of `/cable` receive from this server, and from another node beside it (cable.md B, C.3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  insertAccountRow,
  insertInboxRow,
  insertSessionRow,
  insertUserRow,
} from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import {
  agentIdentifier,
  contactIdentifier,
  eventually,
  ext,
  openRaw,
  type RawCable,
} from '../../test/raw-cable.ts';
import { installations, type Node, startTestServer, type TestServer } from '../../test/server.ts';
import type { ContactInboxRow, InboxRow } from '../db/tables.ts';
import { emitAccessChanges } from '../events/access.ts';
import { streamOf } from '../events/emit.ts';

describe.each(installations)('subscribers on %s', (engine) => {
  let server: TestServer;
  /** Where sockets are; everything else happens at `server`. */
  let there: Node;
  let account_id: number;
  let inbox: InboxRow;
  let session: ContactInboxRow;
  const opened: RawCable[] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine });
    there = server.other ?? server;
    account_id = await insertAccountRow(server.app);
    inbox = await insertInboxRow(server.app, account_id);
    session = await insertSessionRow(server.app, inbox);
  });

  afterAll(async () => {
    for (const cable of opened) cable.ws.terminate();
    await server.stop();
  });

  /** @param at the node of the socket */
  async function subscribed(
    identifier: string,
    { at = there, ...options }: Parameters<typeof openRaw>[1] & { at?: Node } = {},
  ) {
    const cable = openRaw(at.url, { ...options, first: [{ command: 'subscribe', identifier }] });
    opened.push(cable);
    await cable.until((frame) => frame.type === 'confirm_subscription');
    return cable;
  }

  const addAgent = (inboxes: number[] = []) =>
    insertUserRow(server.app, { account_id, role: 'agent', inboxes });

  const say = (streams: string[], n: number) =>
    server.app.db.write(async (tx) =>
      logEvent(tx, 'message.created', [{ streams, data: { n, account_id } }]),
    );

  test('are confirmed although they subscribe before the welcome, and hear events', async () => {
    const identifier = ` ${contactIdentifier(session.pubsub_token)}`;
    const cable = await subscribed(identifier);
    expect(cable.frames[0]).toEqual({ type: 'welcome' });
    expect(cable.frames[1]).toEqual({ identifier, type: 'confirm_subscription' });
    expect(cable.ws.protocol).toBe('');
    await say([streamOf.session(session.id)], 1);
    const frame = await cable.until(({ message }) => message?.event === 'message.created');
    expect(frame).toEqual({ identifier, message: { event: 'message.created', data: { n: 1, account_id } } });
  });

  test('hear nothing after unsubscribe and everything again after subscribing again', async () => {
    const identifier = contactIdentifier(session.pubsub_token);
    const cable = await subscribed(identifier);
    const witness = await subscribed(identifier);
    cable.send({ command: 'unsubscribe', identifier });
    await cable.settled();
    await say([streamOf.session(session.id)], 100);
    await witness.until(({ message }) => message?.data?.n === 100);
    cable.send({ command: 'subscribe', identifier });
    await cable.settled();
    await say([streamOf.session(session.id)], 101);
    await cable.until(({ message }) => message?.data?.n === 101);
    expect(cable.numbers()).toEqual([101]);
  });

  test('get presence on subscribing and on update_presence, whether data is text or an object', async () => {
    const agent = await addAgent();
    const desk = await subscribed(agentIdentifier(agent, account_id), { at: server });
    await expect.poll(() => there.app.presence.isOnline(account_id, 'user', agent.id)).toBe(true);
    const ann = await insertSessionRow(server.app, inbox);
    const identifier = contactIdentifier(ann.pubsub_token);
    const cable = await subscribed(identifier);
    await cable.until(({ message }) => message?.event === 'presence.update');
    cable.frames.length = 0;
    cable.send({ command: 'message', identifier, data: '{"action":"update_presence"}' });
    cable.send({ command: 'message', identifier, data: { action: 'update_presence' } });
    await cable.settled();
    const updates = cable.frames.filter(({ message }) => message?.event === 'presence.update');
    expect(updates.length).toBeGreaterThanOrEqual(2);
    const { users, ...rest } = updates[0]?.message?.data ?? {};
    expect(rest).toEqual({ account_id });
    expect(users).toMatchObject({ [agent.id]: 'online' });
    await expect.poll(() => server.app.presence.isOnline(account_id, 'contact', ann.contact_id)).toBe(true);
    desk.send({
      command: 'message',
      identifier: agentIdentifier(agent, account_id),
      data: '{"action":"update_presence"}',
    });
    await desk.until(({ message }) => {
      const contacts = message?.data?.contacts as Record<string, string> | undefined;
      return contacts?.[ann.contact_id] === 'online';
    });
  });

  test('who are contacts are told when an agent comes', async () => {
    const cable = await subscribed(contactIdentifier(session.pubsub_token));
    const agent = await addAgent();
    await subscribed(agentIdentifier(agent, account_id), { at: server });
    await cable.until(({ message }) => {
      const users = message?.data?.users as Record<string, string> | undefined;
      return users?.[agent.id] === 'online' && message?.data?.contacts === undefined;
    });
  });

  test('hear their inboxes as agents, all of the account as administrators, and nothing of a foreign one', async () => {
    const other = await insertInboxRow(server.app, account_id);
    const agent = await addAgent([inbox.id]);
    const administrator = await insertUserRow(server.app, { account_id, role: 'administrator' });
    const stranger = await insertUserRow(server.app, {
      account_id: await insertAccountRow(server.app),
      role: 'agent',
    });
    const atDesk = await subscribed(agentIdentifier(agent, account_id));
    const atOffice = await subscribed(agentIdentifier(administrator, account_id));
    const identifier = agentIdentifier(stranger, account_id);
    const outside = openRaw(there.url, { first: [{ command: 'subscribe', identifier }] });
    opened.push(outside);
    await outside.until((frame) => frame.type === 'reject_subscription');
    await say([streamOf.inbox(other.id)], 1);
    await say([streamOf.inbox(inbox.id)], 2);
    await say([streamOf.account(account_id)], 3);
    await say([streamOf.user(agent.id)], 4);
    await say([streamOf.account(account_id)], 5);
    await atDesk.until(({ message }) => message?.data?.n === 5);
    await atOffice.until(({ message }) => message?.data?.n === 5);
    expect(atDesk.numbers()).toEqual([2, 3, 4, 5]);
    expect(atOffice.numbers()).toEqual([1, 2, 3, 5]);
  });

  test('follow a change of membership at once, and are closed when they lose the account', async () => {
    const agent = await addAgent([inbox.id]);
    const desk = await subscribed(agentIdentifier(agent, account_id));
    const second = await insertInboxRow(server.app, account_id);
    await server.app.db.write(async (tx) => {
      await tx.run(tx.q.deleteFrom('inbox_members').where('user_id', '=', agent.id));
      await tx.insertMany('inbox_members', [{ inbox_id: second.id, user_id: agent.id, created_at: 0 }]);
      emitAccessChanges(tx, [{ user_id: agent.id }]);
    });
    let n = 0;
    await eventually(() => {
      void say([streamOf.inbox(second.id)], ++n);
      return desk.numbers().length > 0;
    });
    await say([streamOf.inbox(inbox.id)], -1);
    await server.app.db.write(async (tx) => {
      await tx.run(tx.q.deleteFrom('account_users').where('user_id', '=', agent.id));
      emitAccessChanges(tx, [{ user_id: agent.id }]);
    });
    await desk.closed;
    expect(desk.numbers()).not.toContain(-1);
    expect(desk.frames.at(-1)).toEqual({ type: 'disconnect', reason: 'remote', reconnect: true });
  });

  test('hear typing without a position, except the person who types', async () => {
    const agent = await addAgent([inbox.id]);
    const colleague = await addAgent([inbox.id]);
    const own = await subscribed(agentIdentifier(agent, account_id), { protocol: ext });
    const other = await subscribed(agentIdentifier(colleague, account_id), { protocol: ext });
    server.app.bus.publish({
      transient: {
        topic: streamOf.inbox(inbox.id),
        payload: '{"event":"conversation.typing_on","data":{"n":1}}',
        except: streamOf.user(agent.id),
      },
    });
    const heard = await other.until(({ message }) => message?.event === 'conversation.typing_on');
    expect(Object.keys(heard)).toEqual(['identifier', 'message']);
    await own.settled();
    expect(own.numbers()).toEqual([]);
  });

  test('hear everything in order when the bus lost a notice', async () => {
    const ann = await insertSessionRow(server.app, inbox);
    const stream = streamOf.session(ann.id);
    const cable = await subscribed(contactIdentifier(ann.pubsub_token), { protocol: ext });
    const { publish } = server.app.bus;
    server.app.bus.publish = () => {};
    await say([stream], 1);
    await say([stream], 2);
    server.app.bus.publish = publish;
    await Promise.all([say([stream], 3), say([stream], 4)]);
    await cable.until(({ message }) => message?.data?.n === 4);
    expect(cable.numbers()).toEqual([1, 2, 3, 4]);
    expect(cable.frames.flatMap(({ offset }) => offset ?? [])).toEqual([1, 2, 3, 4]);
  });
});
