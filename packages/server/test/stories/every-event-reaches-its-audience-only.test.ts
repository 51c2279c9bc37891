/** One walk through everything that can happen in an account: who hears what, and what never reaches a customer (cable.md C.3 to C.6). */
import { events } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newUuid } from '../../src/secrets.ts';
import { type ConnectedAccount, createConnectedAccount } from '../fixtures/connected-account.ts';
import type { Frame } from '../raw-cable.ts';
import { placements, startTestServer, type TestServer } from '../server.ts';

/** Told to one user, by nouns whose own tests walk them. */
const elsewhere = new Set([
  'conversation.mentioned',
  'notification.created',
  'notification.updated',
  'notification.deleted',
]);
/** Events of an agent who is a member of no inbox. */
const ofAccount = [
  'account.cache_invalidated',
  'contact.created',
  'contact.deleted',
  'contact.merged',
  'contact.updated',
  'presence.update',
];

const namesIn = (frames: readonly Frame[]) =>
  [...new Set(frames.map(({ message }) => message?.event ?? ''))]
    .filter((name) => !elsewhere.has(name))
    .sort();
const dataOf = (frames: readonly Frame[], event: string) =>
  frames.filter(({ message }) => message?.event === event).map(({ message }) => message?.data ?? {});

describe.each(placements)('all events on %s', (engine) => {
  let server: TestServer;
  let connected: ConnectedAccount;

  beforeEach(async () => {
    server = await startTestServer({ engine });
    connected = await createConnectedAccount(server);
  });
  afterEach(async () => {
    connected.disconnectAll();
    await server.stop();
  });

  /** Every secret of the database that a payload could leak. */
  async function secrets(): Promise<string[]> {
    const { q, all } = server.app.db;
    const sessions = await all(q.selectFrom('contact_inboxes').select('pubsub_token'));
    const users = await all(q.selectFrom('users').select(['pubsub_token', 'access_token']));
    const inboxes = await all(q.selectFrom('inboxes').select(['hmac_token', 'secret']));
    return [...sessions, ...users, ...inboxes].flatMap((row) => Object.values(row) as string[]);
  }

  test('reach their audience, exactly as the contract states, and nobody else', async () => {
    const { callClient, callAgent, fixture } = connected;
    const { administrator, member, outsider } = fixture;
    await connected.updateInbox({ csat_survey_enabled: true, enable_auto_assignment: false });
    const proof = connected.signIdentifier(newUuid());
    // One person in two proved sessions, and somebody else.
    const [ann, sibling, bob] = [
      await connected.createContact(proof),
      await connected.createContact(proof),
      await connected.createContact(),
    ];
    const ears = [
      await connected.connectContact(ann),
      await connected.connectContact(sibling),
      await connected.connectContact(bob),
      await connected.connectAgent(member),
      await connected.connectAgent(administrator),
      await connected.connectAgent(outsider),
    ];

    const { id: conversation_id } = await connected.createConversation(ann, {
      custom_attributes: { order: 7 },
    });
    const at = { conversation_id };
    await connected.postMessage(ann, 'Hello');
    await callClient('toggleTyping', ann.place, { typing_status: 'on' });
    await callClient('toggleTyping', ann.place, { typing_status: 'off' });
    await callAgent(member, 'agentToggleTyping', at, { typing_status: 'on' });
    await callAgent(member, 'agentToggleTyping', at, { typing_status: 'off' });
    await callAgent(member, 'agentToggleTyping', at, { typing_status: 'on', is_private: true });
    const note = await connected.postReply(ann, { content: 'only-among-us', private: true });
    const { id: message_id } = await connected.postReply(ann, { content: 'Good morning' });
    await callClient('updateLastSeen', ann.place, {});
    await callAgent(member, 'agentDeleteMessage', { ...at, message_id });
    await callAgent(member, 'agentDeleteMessage', { ...at, message_id: note.id });
    await callAgent(administrator, 'agentCreateLabel', {}, { title: 'vip' });
    await callAgent(member, 'agentSetConversationLabels', at, { labels: ['vip'] });
    await callAgent(member, 'agentAssignConversation', at, { assignee_id: member.id });
    const team = await callAgent<{ id: number }>(administrator, 'agentCreateTeam', {}, { name: 'sales' });
    await callAgent(member, 'agentAssignConversation', at, { team_id: team.id });
    await callAgent(member, 'agentTogglePriority', at, { priority: 'high' });
    await callAgent(member, 'agentSetConversationAttributes', at, { custom_attributes: { seen: true } });
    await callAgent(member, 'agentToggleStatus', at, { status: 'snoozed', snoozed_until: 4_000_000_000 });
    await callClient('toggleStatus', ann.place);
    await callClient('updateContact', ann.place, { name: 'Ann' });
    await connected.createConversation(bob);
    await connected.postMessage(bob, 'from-bob');
    // Bob proves to be Ann: two contacts become one.
    await callClient('updateContact', bob.place, proof);
    await connected.createContact();
    await callAgent(administrator, 'agentDeleteConversation', at);

    const [own, other, foreign, desk, all, outside] = (await connected.takeEvents(ears)) as [
      Frame[],
      Frame[],
      Frame[],
      Frame[],
      Frame[],
      Frame[],
    ];

    expect(namesIn(own)).toEqual(Object.keys(events.contact).sort());
    const walked = Object.keys(events.agent).filter((name) => !elsewhere.has(name));
    for (const frames of [desk, all]) expect(namesIn(frames)).toEqual(walked.sort());
    expect(namesIn(outside)).toEqual(ofAccount);

    // A verified person hears of a conversation in every verified session; typing is for its own session only.
    expect(namesIn(other)).toEqual(namesIn(own).filter((name) => !name.includes('typing')));
    expect(dataOf(own, 'conversation.typing_on')).toMatchObject([
      { is_private: false, user: { type: 'user' } },
    ]);
    expect(JSON.stringify(foreign)).not.toContain('Good morning');

    for (const frames of [own, other, foreign])
      for (const event of ['message.created', 'message.updated'])
        for (const { private: isPrivate, message_type } of dataOf(frames, event))
          expect([isPrivate, message_type === 2]).toEqual([false, false]);
    for (const [customer, frames] of [
      [ann, own],
      [sibling, other],
      [bob, foreign],
    ] as const) {
      const text = JSON.stringify(frames.map(({ message }) => message));
      expect(text).not.toContain('only-among-us');
      for (const { contacts } of dataOf(frames, 'presence.update')) expect(contacts).toBeUndefined();
      for (const secret of await secrets())
        expect(text.includes(secret) && secret !== customer.session.pubsub_token).toBe(false);
    }
    for (const frames of [desk, all, outside]) {
      const text = JSON.stringify(frames.map(({ message }) => message));
      for (const secret of await secrets()) expect(text).not.toContain(secret);
    }
    expect(JSON.stringify(own)).toContain(ann.session.pubsub_token);
  });
});
