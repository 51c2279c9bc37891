/** Conversations over HTTP: their life, who reaches them, and what everybody is told (client-api.md 5.5 to 5.10 and 6). */
import type { Conversation } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactInboxRow, ContactRow, ConversationRow } from '../../src/db/tables.ts';
import { startServer } from '../../src/main.ts';
import { newUuid } from '../../src/secrets.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { type EventNames, recordEvents } from '../fixtures/recorded-events.ts';
import { engines } from '../server.ts';

describe.each(engines)('conversations on %s', (engine) => {
  let server: ClientApiServer;
  /** A Wednesday, 12:00 UTC. */
  let now = Date.UTC(2025, 2, 5, 12);
  const minutes = (count: number) => {
    now += count * 60_000;
  };
  const setContact = (id: number, columns: Partial<ContactRow>) =>
    server.app.db.run(server.app.db.q.updateTable('contacts').set(columns).where('id', '=', id));
  const setConversation = ({ uuid }: Conversation, columns: Partial<ConversationRow>) =>
    server.app.db.run(server.app.db.q.updateTable('conversations').set(columns).where('uuid', '=', uuid));
  const show = async (place: Record<string, string | number>) =>
    (await server.call<Conversation>('getConversation', place)).body;
  const heardBy = async (source_id: string): Promise<EventNames> => {
    const { id } = (await server.sessions()).find((one) => one.source_id === source_id) as ContactInboxRow;
    return recordEvents(server, id);
  };

  beforeAll(async () => {
    server = await startClientApiServer({ engine, now: () => now });
  });
  afterAll(() => server.stop());

  describe('create', () => {
    it('starts an open one without messages, with events for agents and the session', async () => {
      const session = await server.createContact({ name: 'Ada' });
      const heard = await heardBy(session.source_id);
      const { status, body } = await server.call<Conversation>('createConversation', session.place, {
        body: { custom_attributes: { order: 7 }, status: 'resolved', assignee_id: 1, messages: [1] },
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'open', messages: [], contact_last_seen_at: 0 });
      expect(body).toMatchObject({ agent_last_seen_at: 0, contact: { id: session.id, name: 'Ada' } });
      expect(await heard()).toEqual({
        inbox: ['conversation.created'],
        session: ['conversation.created'],
        account: [],
      });
    });

    it('needs no body, and numbers conversations one after another in the account', async () => {
      const session = await server.createContact();
      const path = `${server.baseUrl}/contacts/${session.source_id}/conversations`;
      const ids: number[] = [];
      for (let i = 0; i < 3; i++) {
        const answer = await fetch(path, { method: 'POST' });
        ids.push(((await answer.json()) as Conversation).id);
      }
      expect(ids).toEqual([ids[0], (ids[0] as number) + 1, (ids[0] as number) + 2]);
    });

    it('numbers 20 parallel ones without a gap or a repeat', async () => {
      const session = await server.createContact();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => server.call<Conversation>('createConversation', session.place)),
      );
      const ids = answers.map(({ body }) => body.id).sort((a, b) => a - b);
      expect(ids).toEqual(Array.from({ length: 20 }, (_, i) => (ids[0] as number) + i));
      const { body } = await server.call<Conversation[]>('listConversations', session.place);
      expect(body.map(({ id }) => id)).toEqual(ids);
    });

    it.each([
      ['too long a text', { note: 'x'.repeat(1501) }],
      ['too large a number', { number: 10_000_000_000 }],
    ])('refuses %s as an attribute', async (_name, custom_attributes) => {
      const session = await server.createContact();
      const answer = await server.call('createConversation', session.place, { body: { custom_attributes } });
      expect(answer).toMatchObject({ status: 422, body: { attributes: ['custom_attributes'] } });
      expect((await server.call('listConversations', session.place)).body).toEqual([]);
    });

    it('returns the latest one unchanged where the inbox allows one for each session', async () => {
      await server.updateInbox({ lock_to_single_conversation: 1 });
      const { place, conversation } = await server.createConversation();
      await server.call('toggleStatus', place);
      const body = { custom_attributes: { new: 1 } };
      const again = await server.call<Conversation>('createConversation', place, { body });
      expect(again.body).toMatchObject({ id: conversation.id, status: 'resolved' });
      const parallel = await server.createContact();
      const made = await Promise.all(
        Array.from({ length: 8 }, () => server.call<Conversation>('createConversation', parallel.place)),
      );
      expect(new Set(made.map((one) => one.body.id)).size).toBe(1);
      await server.updateInbox({ lock_to_single_conversation: 0 });
    });

    // On SQLite one server has the folder.
    it.skipIf(engine === 'sqlite')(
      'starts one only, also when two nodes get the request at once',
      async () => {
        await server.updateInbox({ lock_to_single_conversation: 1 });
        const other = await startServer(server.config);
        try {
          const { source_id } = await server.createContact();
          const paths = [server.app.url(), other.app.url()].map(
            (url) =>
              `${url}/public/api/v1/inboxes/${server.inbox.identifier}/contacts/${source_id}/conversations`,
          );
          const made = await Promise.all(
            Array.from({ length: 16 }, async (_, index) => {
              const answer = await fetch(paths[index % 2] as string, { method: 'POST' });
              return ((await answer.json()) as Conversation).id;
            }),
          );
          expect(new Set(made).size).toBe(1);
        } finally {
          await other.close();
          await server.updateInbox({ lock_to_single_conversation: 0 });
        }
      },
    );

    it('is resolved for a blocked contact, and stays so when they write', async () => {
      const session = await server.createContact();
      await setContact(session.id, { blocked: 1 });
      const { body } = await server.call<Conversation>('createConversation', session.place);
      expect(body.status).toBe('resolved');
      const place = { ...session.place, conversation_id: body.id };
      expect((await server.postMessage(place, { content: 'let me in' })).body.content).toBe('let me in');
      expect(await show(place)).toMatchObject({ status: 'resolved', messages: [{ content: 'let me in' }] });
    });
  });

  describe('reach', () => {
    it('is the own conversations, also those of the same person in another session', async () => {
      const email = `${newUuid()}@example.test`;
      const one = await server.createConversation({ email });
      const two = await server.createConversation({ email });
      const { body } = await server.call<Conversation[]>('listConversations', one.place);
      expect(body.map(({ id }) => id)).toEqual([one.conversation.id]);
      const foreign = await server.call('getConversation', {
        ...one.place,
        conversation_id: two.conversation.id,
      });
      expect(foreign.status).toBe(404);
    });

    it('is all conversations of the contact for a verified session, oldest first', async () => {
      const proof = server.signIdentifier(newUuid());
      const one = await server.createConversation(proof);
      const two = await server.createConversation(proof);
      const { body } = await server.call<Conversation[]>('listConversations', one.place);
      expect(body.map(({ id }) => id)).toEqual([one.conversation.id, two.conversation.id]);
      const across = { ...one.place, conversation_id: two.conversation.id };
      expect((await server.postMessage(across, { content: 'across' })).status).toBe(200);
      expect((await show(two.place)).messages.map(({ content }) => content)).toEqual(['across']);
    });

    it('is listed 100 at a time, each with its newest 20 messages', async () => {
      const { source_id, place } = await server.createContact();
      const ids: number[] = [];
      for (let number = 0; number < 103; number++)
        ids.push((await server.call<Conversation>('createConversation', place)).body.id);
      const longest = { ...place, conversation_id: ids[50] as number };
      for (let number = 1; number <= 22; number++)
        await server.postMessage(longest, { content: `message ${number}` });
      const list = async (query = '') => {
        const answer = await fetch(`${server.baseUrl}/contacts/${source_id}/conversations${query}`);
        expect(answer.status).toBe(200);
        return (await answer.json()) as Conversation[];
      };
      const newest = await list();
      expect(newest.map(({ id }) => id)).toEqual(ids.slice(3));
      expect((await list(`?before=${ids[3]}`)).map(({ id }) => id)).toEqual(ids.slice(0, 3));
      expect(await list(`?before=${ids[0]}`)).toEqual([]);
      expect(await list('?before=nothing')).toEqual([]);
      expect((await list('?before=')).map(({ id }) => id)).toEqual(ids.slice(3));
      const written = (one: Conversation | undefined) => one?.messages.map(({ content }) => content);
      const all = Array.from({ length: 22 }, (_, index) => `message ${index + 1}`);
      expect(written(newest[47])).toEqual(all.slice(2));
      expect(written(newest[48])).toEqual([]);
      expect(written(await show(longest))).toEqual(all);
    });

    it.each(['abc', '0', '-1', '1.5', '999999999999999999999', '%00', '1e3'])(
      'finds no conversation %s',
      async (conversation_id) => {
        const session = await server.createContact();
        for (const operation of ['getConversation', 'toggleTyping', 'listMessages'] as const) {
          const answer = await server.call(operation, { ...session.place, conversation_id });
          expect(answer).toMatchObject({ status: 404, body: { status: 404, error: 'Not Found' } });
        }
      },
    );
  });

  describe('toggle_status', () => {
    it('resolves once, emits events in order, and asks for a rating once', async () => {
      await server.updateInbox({ csat_survey_enabled: 1 });
      const { session, place } = await server.createConversation({ name: 'Ada' });
      await server.postMessage(place, { content: 'hi' });
      let heard = await heardBy(session.source_id);
      const resolved = await server.call<Conversation>('toggleStatus', place);
      expect(resolved.body).toMatchObject({ status: 'resolved' });
      expect(resolved.body.messages.at(-1)).toMatchObject({ message_type: 3, content_type: 'input_csat' });
      expect(await heard()).toEqual({
        inbox: ['conversation.status_changed', 'conversation.updated', 'message.created', 'message.created'],
        session: ['conversation.status_changed', 'conversation.updated', 'message.created'],
        account: [],
      });
      heard = await heardBy(session.source_id);
      expect((await server.call<Conversation>('toggleStatus', place)).body).toEqual(resolved.body);
      expect(await heard()).toEqual({ inbox: [], session: [], account: [] });

      await server.postMessage(place, { content: 'again' });
      const { body } = await server.call<Conversation>('toggleStatus', place);
      expect(body.messages.filter(({ content_type }) => content_type === 'input_csat')).toHaveLength(1);
      await server.updateInbox({ csat_survey_enabled: 0 });
    });

    it.each(['pending', 'snoozed'] as const)(
      'resolves a %s one, without a survey where none is wanted',
      async (status) => {
        const { place, conversation } = await server.createConversation();
        await setConversation(conversation, { status });
        const { body } = await server.call<Conversation>('toggleStatus', place);
        expect(body).toMatchObject({ status: 'resolved', messages: [] });
      },
    );
  });

  describe('a message', () => {
    it('emits events to the inbox and the session, and the contact’s activity to the account', async () => {
      const { session, place } = await server.createConversation();
      let heard = await heardBy(session.source_id);
      await server.postMessage(place, { content: 'hi', echo_id: 'e1' });
      expect(await heard()).toEqual({
        inbox: ['message.created'],
        session: ['message.created'],
        account: ['contact.updated'],
      });
      heard = await heardBy(session.source_id);
      minutes(1);
      await server.postMessage(place, { content: 'more' });
      expect(await heard()).toEqual({
        inbox: ['message.created'],
        session: ['message.created'],
        account: ['contact.updated'],
      });
    });

    it.each([
      ['resolved', 'open'],
      ['snoozed', 'open'],
    ] as const)('reopens a %s conversation', async (status, wanted) => {
      const { session, place, conversation } = await server.createConversation();
      await setConversation(conversation, { status, waiting_since: null });
      const heard = await heardBy(session.source_id);
      await server.postMessage(place, { content: 'back' });
      const after = await show(place);
      expect(after.status).toBe(wanted);
      expect(after.messages.map(({ content }) => content)).toEqual(['back']);
      expect(await heard()).toEqual({
        inbox: [
          'conversation.status_changed',
          'message.created',
          'conversation.updated',
          'message.created',
          'conversation.updated',
        ],
        session: [
          'conversation.status_changed',
          'conversation.updated',
          'message.created',
          'conversation.updated',
        ],
        account: ['contact.updated'],
      });
    });
  });

  describe('automatic answers', () => {
    const templates = async (place: Record<string, string | number>) =>
      (await show(place)).messages.filter(({ message_type }) => message_type === 3);

    it('greets once, without a sender', async () => {
      await server.updateInbox({ greeting_enabled: 1, greeting_message: 'Welcome' });
      const { session, place } = await server.createConversation();
      const heard = await heardBy(session.source_id);
      await server.postMessage(place, { content: 'one' });
      expect((await heard()).session).toEqual(['message.created', 'message.created']);
      await server.postMessage(place, { content: 'two' });
      const [greeting, ...more] = await templates(place);
      expect(greeting).toMatchObject({ content: 'Welcome', content_type: 'text' });
      expect(greeting).not.toHaveProperty('sender');
      expect(more).toEqual([]);
      await server.updateInbox({ greeting_enabled: 0 });
    });

    it('answers once a day that nobody is there, outside working hours only', async () => {
      // A greeting would promise an answer that does not come then, so it is left out.
      const greeting = { greeting_enabled: 1, greeting_message: 'We answer within minutes' };
      await server.updateInbox({ working_hours_enabled: 1, out_of_office_message: 'Closed' });
      const { place } = await server.createConversation();
      const said = async () => (await templates(place)).map(({ content }) => content);
      await server.postMessage(place, { content: 'at noon' });
      expect(await said()).toEqual([]);
      minutes(5 * 60);
      await server.updateInbox(greeting);
      await server.postMessage(place, { content: 'at five' });
      minutes(1);
      await server.postMessage(place, { content: 'a minute later' });
      expect(await said()).toEqual(['Closed']);
      minutes(24 * 60);
      await server.postMessage(place, { content: 'the next evening' });
      expect(await said()).toEqual(['Closed', 'Closed']);
      await server.updateInbox({ working_hours_enabled: 0, greeting_enabled: 0 });
    });
  });

  it('shows typing to agents only and keeps nothing', async () => {
    const { session, place } = await server.createConversation();
    const shown: string[] = [];
    const stop = server.app.bus.subscribe((event) => {
      if ('transient' in event) shown.push(JSON.parse(event.transient.payload).event);
    });
    const heard = await heardBy(session.source_id);
    const path = `${server.baseUrl}/contacts/${session.source_id}/conversations/${place.conversation_id}/toggle_typing`;
    for (const query of ['?typing_status=on', '?typing_status=off', '?typing_status=maybe', '']) {
      const answer = await fetch(path + query, { method: 'POST' });
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
    expect((await server.call('toggleTyping', place, { body: { typing_status: 'on' } })).status).toBe(200);
    expect(shown).toEqual(['conversation.typing_on', 'conversation.typing_off', 'conversation.typing_on']);
    expect(await heard()).toEqual({ inbox: [], session: [], account: [] });
    stop();
  });

  it('marks seen messages as read, with one event for each', async () => {
    await server.updateInbox({ greeting_enabled: 1, greeting_message: 'Welcome' });
    const { session, place } = await server.createConversation();
    await server.postMessage(place, { content: 'hi' });
    let heard = await heardBy(session.source_id);
    expect(await server.call('updateLastSeen', place, { body: {} })).toMatchObject({ status: 200 });
    expect((await show(place)).contact_last_seen_at).toBe(Math.floor(now / 1000));
    expect(await heard()).toEqual({
      inbox: ['conversation.read', 'message.updated'],
      session: ['message.updated'],
      account: [],
    });
    heard = await heardBy(session.source_id);
    await server.call('updateLastSeen', place);
    expect(await heard()).toEqual({ inbox: ['conversation.read'], session: [], account: [] });
    await server.updateInbox({ greeting_enabled: 0 });
  });
});
