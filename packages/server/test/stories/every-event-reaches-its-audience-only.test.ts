/** One walk through everything that can happen in an account: who hears what, and what never reaches a customer (cable.md C.3 to C.6). */
import { events } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newUuid } from '../../src/secrets.ts';
import type { Frame } from '../raw-cable.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';
import { openStage, type Stage } from '../stage.ts';

/** Told to one user, by nouns whose own tests walk them. */
const elsewhere = new Set([
  'conversation.mentioned',
  'notification.created',
  'notification.updated',
  'notification.deleted',
]);
/** What somebody hears who sees no inbox. */
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

describe.each(engines)('all events on %s', (engine) => {
  let server: TestServer;
  let stage: Stage;

  beforeEach(async () => {
    server = await startTestServer({ engine });
    stage = await openStage(server);
  });
  afterEach(async () => {
    stage.silence();
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

  test('reach whom they are for, exactly as the contract states, and nobody else', async () => {
    const { ask, act, office } = stage;
    const { administrator, member, outsider } = office;
    await stage.changeInbox({ csat_survey_enabled: true, enable_auto_assignment: false });
    const proof = stage.prove(newUuid());
    // One person in two proved sessions, and somebody else.
    const [ann, sibling, bob] = [await stage.enter(proof), await stage.enter(proof), await stage.enter()];
    const ears = [
      await stage.hear(ann),
      await stage.hear(sibling),
      await stage.hear(bob),
      await stage.desk(member),
      await stage.desk(administrator),
      await stage.desk(outsider),
    ];

    const { id: conversation_id } = await stage.begin(ann, { custom_attributes: { order: 7 } });
    const at = { conversation_id };
    await stage.write(ann, 'Hello');
    await ask('toggleTyping', ann.place, { typing_status: 'on' });
    await ask('toggleTyping', ann.place, { typing_status: 'off' });
    await act(member, 'agentToggleTyping', at, { typing_status: 'on' });
    await act(member, 'agentToggleTyping', at, { typing_status: 'off' });
    await act(member, 'agentToggleTyping', at, { typing_status: 'on', is_private: true });
    const note = await stage.reply(ann, { content: 'only-among-us', private: true });
    const { id: message_id } = await stage.reply(ann, { content: 'Good morning' });
    await ask('updateLastSeen', ann.place, {});
    await act(member, 'agentDeleteMessage', { ...at, message_id });
    await act(member, 'agentDeleteMessage', { ...at, message_id: note.id });
    await act(administrator, 'agentCreateLabel', {}, { title: 'vip' });
    await act(member, 'agentSetConversationLabels', at, { labels: ['vip'] });
    await act(member, 'agentAssignConversation', at, { assignee_id: member.id });
    const team = await act<{ id: number }>(administrator, 'agentCreateTeam', {}, { name: 'sales' });
    await act(member, 'agentAssignConversation', at, { team_id: team.id });
    await act(member, 'agentTogglePriority', at, { priority: 'high' });
    await act(member, 'agentSetConversationAttributes', at, { custom_attributes: { seen: true } });
    await act(member, 'agentToggleStatus', at, { status: 'snoozed', snoozed_until: 4_000_000_000 });
    await ask('toggleStatus', ann.place);
    await ask('updateContact', ann.place, { name: 'Ann' });
    await stage.begin(bob);
    await stage.write(bob, 'from-bob');
    // Bob proves to be Ann: two contacts become one.
    await ask('updateContact', bob.place, proof);
    await stage.enter();
    await act(administrator, 'agentDeleteConversation', at);

    const [own, other, foreign, desk, all, outside] = (await stage.heard(ears)) as [
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
