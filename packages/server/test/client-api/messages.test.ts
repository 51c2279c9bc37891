/** Messages over HTTP: reading, sending once, limits, answers to questions (client-api.md 5.11 to 5.14, decisions.md 7). */
import type { Conversation, CsatSurvey, Message } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageRow } from '../../src/db/tables.ts';
import { startServer } from '../../src/main.ts';
import { postWithin } from '../../src/messages/post.ts';
import { newUuid } from '../../src/secrets.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { recordEvents } from '../fixtures/recorded-events.ts';
import { engines } from '../server.ts';

describe.each(engines)('messages on %s', (engine) => {
  let server: ClientApiServer;
  let now = Date.UTC(2025, 2, 5, 12);
  const list = async (place: Record<string, string | number>, query = '') => {
    const path = `/contacts/${place.contact_identifier}/conversations/${place.conversation_id}/messages`;
    const answer = await fetch(`${server.baseUrl}${path}${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Message[];
  };
  const rowOf = ({ uuid }: Conversation) =>
    server.app.db.get(
      server.app.db.q.selectFrom('conversations').selectAll().where('uuid', '=', uuid),
    ) as Promise<{ id: number }>;
  /** A message from the other side. */
  const ask = async (conversation: Conversation, columns: Partial<MessageRow>): Promise<MessageRow> => {
    const { id } = await rowOf(conversation);
    const { db } = server.app;
    await db.write((tx) =>
      postWithin(tx, [
        {
          app: server.app,
          conversation_id: id,
          message: { message_type: 1, content: 'Which?', ...columns },
        },
      ]),
    );
    return (await db.get(
      db.q
        .selectFrom('messages')
        .selectAll()
        .where('conversation_id', '=', id)
        .orderBy('id', 'desc')
        .limit(1),
    )) as MessageRow;
  };

  beforeAll(async () => {
    server = await startClientApiServer({ engine, now: () => now });
  });
  afterAll(() => server.stop());

  describe('list', () => {
    it('pages back by `before` in steps of 20, each page in ascending order', async () => {
      const { place, conversation } = await server.createConversation();
      for (let i = 1; i <= 45; i++) await server.postMessage(place, { content: `${i}` });
      await ask(conversation, { content: 'note', private: 1 });
      await ask(conversation, { content: 'activity', message_type: 2 });
      const contents = (page: Message[]) => page.map(({ content }) => Number(content));
      const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
      const last = await list(place);
      expect(contents(last)).toEqual(range(26, 45));
      const middle = await list(place, `?before=${last[0]?.id}`);
      expect(contents(middle)).toEqual(range(6, 25));
      const first = await list(place, `?before=${middle[0]?.id}&after=1`);
      expect(contents(first)).toEqual(range(1, 5));
      expect(await list(place, `?before=${first[0]?.id}`)).toEqual([]);
      for (const odd of ['abc', '0', '-5', '1e400', 'NaN', '{}'])
        expect([odd, await list(place, `?before=${odd}`)]).toEqual([odd, []]);
      expect(contents(await list(place, '?before='))).toEqual(range(26, 45));
      expect(contents(await list(place, '?before=99999999999999999999'))).toEqual(range(26, 45));
      const { body } = await server.call<Conversation>('getConversation', place);
      expect(body.messages).toHaveLength(45);
    });
  });

  describe('post', () => {
    it('stores a contact’s text, whatever else is claimed', async () => {
      const { session, place } = await server.createConversation({ name: 'Ada' });
      const { body } = await server.postMessage(place, {
        content: ' **Hi** <b>there</b> ',
        message_type: 'outgoing',
        private: true,
        content_type: 'input_select',
        content_attributes: { items: [] },
        sender_type: 'User',
        echo_id: 'e',
      });
      expect(body).toMatchObject({ content: ' **Hi** <b>there</b> ', message_type: 0, content_type: 'text' });
      expect(body).toMatchObject({ content_attributes: {}, created_at: Math.floor(now / 1000) });
      expect(body.sender).toMatchObject({ id: session.id, name: 'Ada', type: 'contact' });
      expect(body).not.toHaveProperty('echo_id');
      expect(await list(place)).toEqual([body]);
    });

    it('takes an empty message, and text of any script', async () => {
      const { place } = await server.createConversation();
      expect((await server.postMessage(place, {})).body.content).toBeNull();
      expect((await server.postMessage(place, { content: null })).body.content).toBeNull();
      const content = 'שלום 👩‍👩‍👧 \u200f مرحبا\n\ttab';
      expect((await server.postMessage(place, { content })).body.content).toBe(content);
      expect((await server.postMessage(place, { content: 12 })).status).toBe(422);
    });

    it('takes 150 000 characters and not one more', async () => {
      const { place } = await server.createConversation();
      expect((await server.postMessage(place, { content: 'é'.repeat(150_000) })).status).toBe(200);
      expect(await server.postMessage(place, { content: 'x'.repeat(150_001) })).toMatchObject({
        status: 422,
        body: {
          message: 'Content is too long (maximum is 150000 characters)',
          attributes: ['content'],
        },
      });
      expect(await server.postMessage(place, { content: 'x'.repeat(3_000_000) })).toMatchObject({
        status: 413,
        body: { status: 413, error: 'Payload Too Large' },
      });
      expect(await list(place)).toHaveLength(1);
    });
  });

  describe('echo_id', () => {
    it('makes one message of 20 parallel posts, with 20 equal answers', async () => {
      const { session, place } = await server.createConversation();
      const { id } = (await server.sessions()).find((one) => one.source_id === session.source_id) as {
        id: number;
      };
      const heard = await recordEvents(server, id);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => server.postMessage(place, { content: 'once', echo_id: 'a' })),
      );
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]?.body });
      expect(await list(place)).toEqual([answers[0]?.body]);
      expect((await heard()).session).toEqual(['message.created']);
    });

    it('counts by its string form', async () => {
      const { place } = await server.createConversation();
      const first = await server.postMessage(place, { content: 'x', echo_id: 7 });
      expect((await server.postMessage(place, { content: 'x', echo_id: '7' })).body).toEqual(first.body);
      expect((await server.postMessage(place, { content: 'x', echo_id: '7.0' })).body).not.toEqual(
        first.body,
      );
    });

    it('is refused with another body, and nothing is written', async () => {
      const { place } = await server.createConversation();
      await server.postMessage(place, { content: 'x', echo_id: 'a' });
      const answer = await server.postMessage(place, { content: 'y', echo_id: 'a' });
      expect(answer).toMatchObject({ status: 422, body: { error: expect.any(String) } });
      expect(await list(place)).toHaveLength(1);
    });

    it('is absent when it is blank, and counts for one conversation only', async () => {
      const { place } = await server.createConversation();
      for (const echo_id of ['', ' ', null]) {
        await server.postMessage(place, { content: 'x', echo_id });
        await server.postMessage(place, { content: 'x', echo_id });
      }
      expect(await list(place)).toHaveLength(6);
      const other = await server.createConversation();
      const one = await server.postMessage(place, { content: 'x', echo_id: 'same' });
      expect((await server.postMessage(other.place, { content: 'x', echo_id: 'same' })).body.id).not.toBe(
        one.body.id,
      );
    });
  });

  describe('Idempotency-Key', () => {
    it('makes one message of 10 parallel posts, and is refused with another body', async () => {
      const { place } = await server.createConversation();
      const headers = { 'idempotency-key': newUuid() };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => server.postMessage(place, { content: 'once' }, headers)),
      );
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]?.body });
      expect((await server.postMessage(place, { content: 'twice' }, headers)).status).toBe(422);
      expect(await list(place)).toHaveLength(1);
    });

    it('belongs to one session, and lets a refused request be mended', async () => {
      const { place } = await server.createConversation();
      const other = await server.createConversation();
      const headers = { 'idempotency-key': newUuid() };
      expect((await server.postMessage(place, { content: 'x'.repeat(150_001) }, headers)).status).toBe(422);
      const mended = await server.postMessage(place, { content: 'x' }, headers);
      expect(mended.status).toBe(200);
      expect((await server.postMessage(other.place, { content: 'other' }, headers)).body.content).toBe(
        'other',
      );
    });

    it('is forgotten after 24 hours', async () => {
      const { place } = await server.createConversation();
      const headers = { 'idempotency-key': newUuid() };
      await server.postMessage(place, { content: 'x' }, headers);
      now += 86_400_000;
      expect((await server.postMessage(place, { content: 'y' }, headers)).status).toBe(200);
      expect(await list(place)).toHaveLength(2);
    });
  });

  describe('submitted_values', () => {
    it.each([
      ['an object', { title: 'Yes', value: 'y' }],
      [
        'a list',
        [
          { name: 'a', value: '1' },
          { name: 'b', value: 'x' },
        ],
      ],
    ])(
      'keeps %s in the shape that was sent, with an event for both sides',
      async (_name, submitted_values) => {
        const { session, place, conversation } = await server.createConversation();
        const { id: message_id } = await ask(conversation, { content_type: 'form' });
        const { id } = (await server.sessions()).find((one) => one.source_id === session.source_id) as {
          id: number;
        };
        const heard = await recordEvents(server, id);
        const at = { ...place, message_id };
        const { status, body } = await server.call<Message>('updateMessage', at, {
          body: { submitted_values },
        });
        expect(status).toBe(200);
        expect(body.content_attributes).toEqual({ submitted_values });
        expect((await list(place))[0]?.content_attributes).toEqual({ submitted_values });
        expect(await heard()).toEqual({
          inbox: ['message.updated'],
          session: ['message.updated'],
          account: [],
        });
      },
    );

    it('changes nothing and emits no event without them, and refuses a body that it cannot read', async () => {
      const { session, place, conversation } = await server.createConversation();
      const { id: message_id } = await ask(conversation, {});
      const { id } = (await server.sessions()).find((one) => one.source_id === session.source_id) as {
        id: number;
      };
      const heard = await recordEvents(server, id);
      const update = (body: object) =>
        server.call<Message>('updateMessage', { ...place, message_id }, { body });
      for (const body of [{}, { content: 'mine', message_type: 2 }])
        expect(await update(body)).toMatchObject({
          status: 200,
          body: { content: 'Which?', message_type: 1 },
        });
      const unknown = await update({ values: ['x'] });
      expect(unknown).toMatchObject({ status: 422, body: { attributes: ['values'] } });
      expect(await heard()).toEqual({ inbox: [], session: [], account: [] });
    });

    it('finds neither notes, nor activities, nor own or foreign messages', async () => {
      const { place, conversation } = await server.createConversation();
      const other = await server.createConversation();
      const ids = [
        (await ask(conversation, { private: 1, content: 'secret' })).id,
        (await ask(conversation, { message_type: 2 })).id,
        (await server.postMessage(place, { content: 'own' })).body.id,
        (await ask(other.conversation, {})).id,
        999_999_999,
      ];
      for (const message_id of ids) {
        const body = { submitted_values: { value: 'x' } };
        const answer = await server.call('updateMessage', { ...place, message_id }, { body });
        expect(answer).toMatchObject({ status: 404, body: { status: 404, error: 'Not Found' } });
      }
    });
  });

  describe('the survey', () => {
    const survey = (rating: unknown, feedback_message?: string) => ({
      csat_survey_response: { rating, ...(feedback_message && { feedback_message }) },
    });
    const resolved = async () => {
      await server.updateInbox({ csat_survey_enabled: 1 });
      const { place, conversation } = await server.createConversation();
      const { body } = await server.call<Conversation>('toggleStatus', place);
      await server.updateInbox({ csat_survey_enabled: 0 });
      const [message] = body.messages as [Message];
      return { place: { ...place, message_id: message.id }, uuid: conversation.uuid };
    };

    it('is rated through the message, and again', async () => {
      const { place, uuid } = await resolved();
      for (const rating of [4, 2]) {
        const body = { submitted_values: survey(rating, 'fine') };
        expect((await server.call('updateMessage', place, { body })).status).toBe(200);
      }
      const { body } = await server.call<CsatSurvey>('getCsatSurvey', { conversation_uuid: uuid });
      expect(body.csat_survey_response).toMatchObject({ rating: 2, feedback_message: 'fine' });
      expect(body).toMatchObject({ id: place.message_id, inbox_name: 'Shop', display_type: 'emoji' });
    });

    it('is rated by its page', async () => {
      const { uuid } = await resolved();
      const at = { conversation_uuid: uuid };
      expect((await server.call<CsatSurvey>('getCsatSurvey', at)).body.csat_survey_response).toBeNull();
      const body = { message: { submitted_values: survey(5) } };
      const answer = await server.call<CsatSurvey>('updateCsatSurvey', at, { body });
      expect(answer.body.csat_survey_response).toMatchObject({ rating: 5, feedback_message: null });
    });

    it.each([0, 6, 2.5, 'good', {}, [3]])('refuses the rating %j and keeps none', async (rating) => {
      const { place, uuid } = await resolved();
      const body = { submitted_values: survey(rating) };
      expect((await server.call('updateMessage', place, { body })).status).toBe(422);
      const { body: page } = await server.call<CsatSurvey>('getCsatSurvey', { conversation_uuid: uuid });
      expect(page.csat_survey_response).toBeNull();
    });

    it('closes after 14 days', async () => {
      const { place, uuid } = await resolved();
      now += 14 * 86_400_000;
      const body = { submitted_values: survey(3) };
      expect((await server.call('updateMessage', place, { body })).status).toBe(200);
      now += 86_400_000;
      const late = { status: 422, body: { error: expect.any(String) } };
      const byMessage = await server.call('updateMessage', place, { body });
      const byPage = await server.call(
        'updateCsatSurvey',
        { conversation_uuid: uuid },
        { body: { message: body } },
      );
      for (const answer of [byMessage, byPage]) {
        expect(answer).toMatchObject(late);
        expect(Object.keys(answer.body)).toEqual(['error']);
      }
    });

    it('is not found without a survey', async () => {
      const { conversation } = await server.createConversation();
      for (const conversation_uuid of [conversation.uuid, newUuid(), 'x', '%00'])
        for (const operation of ['getCsatSurvey', 'updateCsatSurvey'] as const) {
          const given = operation === 'getCsatSurvey' ? {} : { body: {} };
          expect((await server.call(operation, { conversation_uuid }, given)).status).toBe(404);
        }
    });
  });

  it('knows an echo_id and an Idempotency-Key in a server opened later', async () => {
    const { place } = await server.createConversation();
    const headers = { 'idempotency-key': newUuid() };
    const first = await server.postMessage(place, { content: 'x', echo_id: 'a' });
    const keyed = await server.postMessage(place, { content: 'y' }, headers);
    const again = await startServer(server.config, () => now);
    const path = `/public/api/v1/inboxes/${server.inbox.identifier}/contacts/${place.contact_identifier}`;
    const post = async (body: object, more: object = {}) => {
      const answer = await fetch(
        `${again.app.url()}${path}/conversations/${place.conversation_id}/messages`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...more },
          body: JSON.stringify(body),
        },
      );
      return [answer.status, await answer.json()];
    };
    expect(await post({ content: 'x', echo_id: 'a' })).toEqual([200, first.body]);
    expect(await post({ content: 'y' }, headers)).toEqual([200, keyed.body]);
    await again.close();
  });
});
