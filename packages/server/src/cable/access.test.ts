/** Rights that change while a socket is open, by this process or by another one on the same database (decisions.md 6). */
import {
  agentAgents,
  agentContacts,
  agentInboxes,
  clientContacts,
  type Inbox,
  profile,
  profilePassword,
} from '@hoory/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type AccountFixture,
  type CallOptions,
  call,
  createNextAccount,
  password,
} from '../../test/fixtures/account.ts';
import { logEvent } from '../../test/log-event.ts';
import { runVerb } from '../../test/process.ts';
import { agentIdentifier, contactIdentifier, openRaw, type RawCable } from '../../test/raw-cable.ts';
import { installations, listenUrlOf, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { streamOf } from '../events/emit.ts';
import { hmacHex } from '../secrets.ts';

describe.each(installations)('rights that change on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  const opened: RawCable[] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    fixture = await createNextAccount(server);
  });
  afterEach(() => {
    for (const cable of opened.splice(0)) cable.ws.terminate();
  });

  async function listen(identifier: string): Promise<RawCable> {
    const cable = openRaw(listenUrlOf(server), { first: [{ command: 'subscribe', identifier }] });
    opened.push(cable);
    await cable.until((frame) => frame.type === 'confirm_subscription');
    return cable;
  }

  async function isRejected(identifier: string): Promise<void> {
    const cable = openRaw(listenUrlOf(server), { first: [{ command: 'subscribe', identifier }] });
    opened.push(cable);
    await cable.until((frame) => frame.type === 'reject_subscription');
  }

  const desk = (user: UserRow) => listen(agentIdentifier(user, fixture.account_id));

  /**
   * Says a number in the inbox, and then its opposite to the whole account, until this socket hears both, or only the second.
   */
  async function becomes(cable: RawCable, { hears, inbox_id }: { hears: boolean; inbox_id: number }) {
    for (let n = 1; ; n++) {
      await say(streamOf.inbox(inbox_id), n);
      await say(streamOf.account(fixture.account_id), -n);
      await cable.until(({ message }) => message?.data?.n === -n);
      const isHeard = cable.numbers().includes(n);
      if (isHeard === hears) break;
    }
    cable.frames.length = 0;
  }

  const say = (stream: string, n: number) =>
    server.app.db.write(async (tx) => logEvent(tx, 'message.created', [{ streams: [stream], data: { n } }]));

  const asAdministrator = (params: CallOptions['params'], body?: unknown): CallOptions => ({
    as: fixture.administrator,
    params: { account_id: fixture.account_id, ...params },
    body,
  });

  const lastOf = async (cable: RawCable) => {
    await cable.closed;
    return cable.frames.at(-1);
  };
  const farewell = { type: 'disconnect', reason: 'remote', reconnect: true };

  // A process of its own starts slowly on a busy machine.
  const slowly = { timeout: 60_000 };
  test(
    'an inbox made by the command line is heard by administrators whose sockets are open',
    slowly,
    async () => {
      const inside = await desk(fixture.administrator);
      const outside = await desk(fixture.outsider);
      const args = ['inbox', 'create', '--name', 'New', '--account', String(fixture.account_id), '--json'];
      const { inbox_id } = JSON.parse(await runVerb(args, server.env)) as { inbox_id: number };
      await becomes(inside, { hears: true, inbox_id });
      await becomes(outside, { hears: false, inbox_id });
    },
  );

  test('a member hears an inbox from joining it to leaving it', async () => {
    const { inbox, outsider } = fixture;
    const cable = await desk(outsider);
    const members = asAdministrator({}, { inbox_id: inbox.id, user_ids: [outsider.id] });
    await call(server, agentInboxes.agentAddInboxMembers, members);
    await becomes(cable, { hears: true, inbox_id: inbox.id });
    await call(server, agentInboxes.agentRemoveInboxMembers, members);
    await becomes(cable, { hears: false, inbox_id: inbox.id });
  });

  test('an agent made administrator hears every inbox, and one made agent again only its own', async () => {
    const { outsider, inbox } = fixture;
    const cable = await desk(outsider);
    const become = (role: string) =>
      call(server, agentAgents.agentUpdateAgent, asAdministrator({ id: outsider.id }, { role }));
    await become('administrator');
    await becomes(cable, { hears: true, inbox_id: inbox.id });
    await become('agent');
    await becomes(cable, { hears: false, inbox_id: inbox.id });
  });

  test('who is removed from the account, or has a new token or password, is sent away and rejected on return', async () => {
    const { member, outsider, administrator } = fixture;
    const [removed, renewed] = [await desk(member), await desk(outsider)];
    await call(server, agentAgents.agentDeleteAgent, asAdministrator({ id: member.id }));
    expect(await lastOf(removed)).toEqual(farewell);
    await call(server, profile.resetAccessToken, { as: outsider });
    expect(await lastOf(renewed)).toEqual(farewell);
    const careful = await desk(administrator);
    const body = {
      current_password: password,
      password: 'Another-456',
      password_confirmation: 'Another-456',
    };
    await call(server, profilePassword.updateProfile, { as: administrator, body });
    expect(await lastOf(careful)).toEqual(farewell);
    for (const user of [member, outsider, administrator])
      await isRejected(agentIdentifier(user, fixture.account_id));
  });

  const proofBy = (token: string) => ({
    identifier: 'ann-1',
    identifier_hash: hmacHex(token, 'ann-1'),
  });
  type Session = { id: number; source_id: string; pubsub_token: string };
  const createSession = async (body: object) =>
    (
      await call<Session>(server, clientContacts.createContact, {
        params: { inbox_identifier: fixture.inbox.identifier },
        body,
      })
    ).body;

  /** The status of a request of the session at the node of the sockets. */
  async function statusOf({ source_id }: Session, proof: Record<string, string> = {}): Promise<number> {
    const path = `/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts/${source_id}`;
    const answer = await fetch(`${listenUrlOf(server)}${path}?${new URLSearchParams(proof)}`);
    return answer.status;
  }

  test('an inbox that now enforces identity sends unverified sessions away, verified ones stay', async () => {
    const { inbox } = fixture;
    const sessions = [await createSession(proofBy(inbox.hmac_token)), await createSession({})] as const;
    const [ann, bob] = [
      await listen(contactIdentifier(sessions[0].pubsub_token)),
      await listen(contactIdentifier(sessions[1].pubsub_token)),
    ];
    const policy = asAdministrator({ id: inbox.id }, { channel: { identity_policy: 'enforce' } });
    expect([await statusOf(sessions[0]), await statusOf(sessions[1])]).toEqual([200, 200]);
    await call(server, agentInboxes.agentUpdateInbox, policy);
    expect([await statusOf(sessions[0]), await statusOf(sessions[1])]).toEqual([200, 401]);
    expect(await lastOf(bob)).toEqual(farewell);
    await ann.settled();
    expect(ann.ws.readyState).toBe(ann.ws.OPEN);
  });

  test.each([
    { kind: 'was deleted', end: agentInboxes.agentDeletePreviousHmacToken },
    { kind: 'a second rotation has replaced', end: agentInboxes.agentRotateHmacToken },
  ])('a proof by a token that $kind is refused at once, and its socket sent away', async ({ end }) => {
    const { inbox } = fixture;
    const change = async (endpoint: typeof end) =>
      (await call<Inbox>(server, endpoint, asAdministrator({ id: inbox.id }))).body.hmac_token ?? '';
    const before = proofBy(inbox.hmac_token);
    const session = await createSession(before);
    const former = await listen(contactIdentifier(session.pubsub_token, before));
    const after = proofBy(await change(agentInboxes.agentRotateHmacToken));
    const renewed = await listen(contactIdentifier(session.pubsub_token, after));
    expect([await statusOf(session, before), await statusOf(session, after)]).toEqual([200, 200]);
    await former.settled();
    expect(former.ws.readyState).toBe(former.ws.OPEN);
    await change(end);
    expect([await statusOf(session, before), await statusOf(session, after)]).toEqual([401, 200]);
    expect(await lastOf(former)).toEqual(farewell);
    await isRejected(contactIdentifier(session.pubsub_token, before));
    await renewed.settled();
    expect(renewed.ws.readyState).toBe(renewed.ws.OPEN);
  });

  test('a proof of an identifier that an agent replaces is refused at once, and its socket sent away', async () => {
    const proof = proofBy(fixture.inbox.hmac_token);
    const session = await createSession(proof);
    const cable = await listen(contactIdentifier(session.pubsub_token, proof));
    const replaced = asAdministrator({ id: session.id }, { identifier: 'ann-2' });
    await call(server, agentContacts.agentUpdateContact, replaced);
    expect([await statusOf(session, proof), await statusOf(session)]).toEqual([401, 200]);
    expect(await lastOf(cable)).toEqual(farewell);
    await isRejected(contactIdentifier(session.pubsub_token, proof));
  });

  test('an availability that somebody sets for an agent is shown to everybody in the account', async () => {
    const { member, administrator } = fixture;
    const cable = await desk(administrator);
    await desk(member);
    const busy = asAdministrator({ id: member.id }, { availability: 'busy' });
    await call(server, agentAgents.agentUpdateAgent, busy);
    await cable.until(({ message }) => {
      const users = message?.data?.users as Record<string, string> | undefined;
      return users?.[member.id] === 'busy';
    });
  });
});
