/** Rights that change while a socket is open, by this process or by another one on the same database (decisions.md 6). */
import { agentAgents, agentInboxes, clientContacts, profile, profilePassword } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AccountFixture,
  type CallOptions,
  call,
  createAccount,
  password,
} from '../../test/fixtures/account.ts';
import { logEvent } from '../../test/log-event.ts';
import { runVerb } from '../../test/process.ts';
import { agentIdentifier, contactIdentifier, openRaw, type RawCable } from '../../test/raw-cable.ts';
import { listenUrlOf, placements, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { streamOf } from '../events/emit.ts';
import { hmacHex } from '../secrets.ts';

describe.each(placements)('rights that change on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  const opened: RawCable[] = [];

  beforeEach(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });

  afterEach(async () => {
    for (const cable of opened.splice(0)) cable.ws.terminate();
    await server.stop();
  });

  async function listen(identifier: string): Promise<RawCable> {
    const cable = openRaw(listenUrlOf(server), { first: [{ command: 'subscribe', identifier }] });
    opened.push(cable);
    await cable.until((frame) => frame.type === 'confirm_subscription');
    return cable;
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

  test('an inbox made by the command line is heard by administrators whose sockets are open', async () => {
    const inside = await desk(fixture.administrator);
    const outside = await desk(fixture.outsider);
    const args = ['inbox', 'create', '--name', 'New', '--account', String(fixture.account_id), '--json'];
    const { inbox_id } = JSON.parse(await runVerb(args, server.env)) as { inbox_id: number };
    await becomes(inside, { hears: true, inbox_id });
    await becomes(outside, { hears: false, inbox_id });
  });

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
    for (const user of [member, outsider, administrator]) {
      const identifier = agentIdentifier(user, fixture.account_id);
      const again = openRaw(listenUrlOf(server), { first: [{ command: 'subscribe', identifier }] });
      opened.push(again);
      await again.until((frame) => frame.type === 'reject_subscription');
    }
  });

  test('an inbox that now enforces identity sends unverified sessions away, verified ones stay', async () => {
    const { inbox } = fixture;
    const create = (body: object) =>
      call<{ pubsub_token: string }>(server, clientContacts.createContact, {
        params: { inbox_identifier: inbox.identifier },
        body,
      });
    const proof = { identifier: 'ann-1', identifier_hash: hmacHex(inbox.hmac_token, 'ann-1') };
    const ann = await listen(contactIdentifier((await create(proof)).body.pubsub_token));
    const bob = await listen(contactIdentifier((await create({})).body.pubsub_token));
    const policy = asAdministrator({ id: inbox.id }, { channel: { identity_policy: 'enforce' } });
    await call(server, agentInboxes.agentUpdateInbox, policy);
    expect(await lastOf(bob)).toEqual(farewell);
    await ann.settled();
    expect(ann.ws.readyState).toBe(ann.ws.OPEN);
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
