/** Permissions of sessions, through HTTP (client-api.md section 4, decisions.md 8). */
import type { ContactRecord, ContactSession, IdentityPolicy } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmacHex, newToken, newUuid } from '../../src/secrets.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { insertSessionRow } from '../fixtures/rows.ts';
import { base, contactIdentifier, openRaw } from '../raw-cable.ts';
import { engines } from '../server.ts';

describe.each(engines)('identity on %s', (engine) => {
  let server: ClientApiServer;
  const policy = (identity_policy: IdentityPolicy) => server.updateInbox({ identity_policy });
  const create = (body: object) => server.call<ContactSession>('createContact', {}, { body });
  const someone = () => `${newUuid()}@example.test`;
  const wrong = { status: 401, body: { error: expect.any(String) } };
  const place = ({ source_id }: { source_id: string }) => ({ contact_identifier: source_id });
  const sessionOf = async ({ source_id }: { source_id: string }) =>
    (await server.sessions()).find((session) => session.source_id === source_id);

  beforeAll(async () => {
    server = await startClientApiServer({ engine });
  });
  afterAll(() => server.stop());

  describe.each(['legacy', 'safe', 'enforce'] as const)('under every policy: %s', (name) => {
    beforeAll(() => policy(name));

    it('refuses a wrong hash and writes nothing', async () => {
      const before = [await server.contacts(), await server.sessions()];
      expect(await create({ identifier: 'x1', identifier_hash: 'f'.repeat(64) })).toMatchObject(wrong);
      expect(await create({ ...server.signIdentifier('x1'), identifier: 'x2' })).toMatchObject(wrong);
      // Compared as it came: lower-case hex is the only spelling.
      const { identifier, identifier_hash } = server.signIdentifier('x1');
      for (const spelling of [identifier_hash.toUpperCase(), ` ${identifier_hash}`, `${identifier_hash}\n`])
        expect(await create({ identifier, identifier_hash: spelling })).toMatchObject(wrong);
      expect([await server.contacts(), await server.sessions()]).toEqual(before);
    });

    it('takes no blank identifier for proof', async () => {
      for (const identifier of ['', ' '])
        expect(await create(server.signIdentifier(identifier))).toMatchObject(wrong);
      const identifier_hash = hmacHex(server.inbox.hmac_token, '');
      expect(await create({ identifier_hash })).toMatchObject(wrong);
    });

    it('verifies a new session by proof, and joins the owner of the identifier', async () => {
      const proof = server.signIdentifier(newUuid());
      const first = await create(proof);
      const second = await create({ ...proof, source_id: `own-${newUuid().slice(0, 4)}` });
      expect(second.status).toBe(200);
      expect(second.body.id).toBe(first.body.id);
      expect(second.body.source_id).toMatch(/^own-/);
      expect(await sessionOf(first.body)).toMatchObject({ hmac_verified: 1 });
    });

    it('refuses the proof of another identifier for a bound session, and changes nothing', async () => {
      const session = await server.createContact(server.signIdentifier(newUuid()));
      await server.createContact(server.signIdentifier('other'));
      const before = await server.sessions();
      const answer = await server.call('updateContact', session.place, {
        body: { ...server.signIdentifier('other'), name: 'Eve' },
      });
      expect(answer).toMatchObject(wrong);
      expect(await server.sessions()).toEqual(before);
      expect(await server.contacts()).not.toContainEqual(expect.objectContaining({ name: 'Eve' }));
    });

    it('shows the inbox to everybody', async () => {
      const answer = await server.call('getInbox');
      expect(answer.body).toMatchObject({ identity_validation_enabled: name === 'enforce', name: 'Shop' });
      expect(answer.body.working_hours).toHaveLength(7);
    });

    it('gives one 404 for a foreign and an absent id', async () => {
      const mine = await server.createContact(server.signIdentifier(newUuid()));
      const { body: theirs } = await create(server.signIdentifier(newUuid()));
      const { body: conversation } = await server.call('createConversation', place(theirs));
      const foreign = await server.call('getConversation', {
        ...mine.place,
        conversation_id: conversation.id as number,
      });
      const absent = await server.call('getConversation', { ...mine.place, conversation_id: 99_999 });
      expect(foreign).toMatchObject({ status: 404, body: { status: 404, error: 'Not Found' } });
      expect(foreign.body).toEqual(absent.body);
    });
  });

  describe('safe', () => {
    beforeAll(() => policy('safe'));

    it('refuses a proof that is no text, on every route and on the socket', async () => {
      const { place: mine, pubsub_token } = await server.createContact({});
      const { body: conversation } = await server.call('createConversation', mine);
      const there = { ...mine, conversation_id: conversation.id as number };
      for (const odd of [{ toString: 1 }, { valueOf: null }, [[1]], { identifier: 'x' }]) {
        const refused = { status: 422, body: { attributes: ['identifier'] } };
        const body = { identifier: odd, identifier_hash: 'f'.repeat(64), content: 'Hello' };
        expect(await server.call('postMessage', there, { body })).toMatchObject(refused);
        expect(await server.call('updateContact', mine, { body })).toMatchObject(refused);
        const cable = openRaw(server.url, { protocol: base });
        await cable.until(({ type }) => type === 'welcome');
        const identifier = contactIdentifier(pubsub_token, body);
        cable.send({ command: 'subscribe', identifier });
        expect(await cable.until((frame) => frame.identifier === identifier)).toMatchObject({
          type: 'reject_subscription',
        });
        await cable.close();
      }
    });

    it.each([['bob'], ['1234567890'], ['a'.repeat(40)], ['bob@example.test']])(
      'refuses the guessable source_id %s',
      async (source_id) => {
        expect(await create({ source_id })).toMatchObject({
          status: 422,
          body: { attributes: ['source_id'] },
        });
        expect(await sessionOf({ source_id })).toBeUndefined();
      },
    );

    it('takes a source_id that is hard to guess, and opens it again with the same answer', async () => {
      for (const source_id of [newUuid(), newToken()]) {
        const first = await create({ source_id, name: 'Ann' });
        expect(first.body).toMatchObject({ source_id, name: 'Ann' });
        expect(await create({ source_id, name: 'Eve' })).toMatchObject({ status: 200, body: first.body });
      }
    });

    it('opens a verified session only with its proof', async () => {
      const source_id = newUuid();
      const proof = server.signIdentifier(newUuid());
      const { body: first } = await create({ source_id, ...proof });
      expect(await create({ source_id })).toMatchObject(wrong);
      expect(await create({ source_id, ...server.signIdentifier('somebody') })).toMatchObject(wrong);
      expect((await create({ source_id, ...proof })).body).toEqual(first);
      expect((await server.call('getContact', place(first))).body).toEqual(first);
    });

    it('closes a guessable session that an agent chose, until proof', async () => {
      const source_id = `bob-${Date.now()}`;
      await insertSessionRow(server.app, server.inbox, source_id);
      expect(await create({ source_id })).toMatchObject(wrong);
      expect(await server.call('getContact', { contact_identifier: source_id })).toMatchObject(wrong);
      const answer = await create({ source_id, ...server.signIdentifier(source_id) });
      expect(answer).toMatchObject({ status: 200, body: { source_id } });
      expect((await server.call('getContact', { contact_identifier: source_id })).status).toBe(200);
    });

    it('keeps what another contact owns as a claim: echoed, and nothing of the other is shown', async () => {
      const phone_number = '+15550001111';
      const owned = { email: someone(), phone_number, identifier: newUuid() };
      const owner = await server.createContact({ ...owned, name: 'Owner', custom_attributes: { secret: 1 } });
      const claimer = await server.createContact({ ...owned, name: 'Claimer' });
      expect(claimer).toMatchObject({ email: owned.email, phone_number, name: 'Claimer' });
      expect(claimer.id).not.toBe(owner.id);
      const rows = await server.contacts();
      expect(rows.find(({ id }) => id === claimer.id)).toMatchObject({
        email: null,
        phone_number: null,
        identifier: null,
      });
      const session = await sessionOf(claimer);
      expect(JSON.parse(session?.claims as string)).toEqual(owned);
      const { body } = await server.call<ContactSession>('getContact', claimer.place);
      expect(body).toMatchObject({ id: claimer.id, email: owned.email, name: 'Claimer' });
    });

    it('keeps a claim made on update too, and answers it as the caller’s own value', async () => {
      const email = someone();
      const owner = await server.createContact({ email });
      const claimer = await server.createContact({ name: 'Claimer' });
      const { body } = await server.call<ContactRecord>('updateContact', claimer.place, {
        body: { email: email.toUpperCase() },
      });
      expect(body).toMatchObject({ id: claimer.id, email, name: 'Claimer' });
      expect((await server.contacts()).map(({ id }) => id)).toContain(owner.id);
    });

    it('does not merge by email for a verified person either', async () => {
      const email = someone();
      await server.createContact({ email });
      const verified = await server.createContact(server.signIdentifier(newUuid()));
      const { body } = await server.call<ContactRecord>('updateContact', verified.place, { body: { email } });
      expect(body).toMatchObject({ id: verified.id, email });
      expect((await server.contacts()).filter((row) => row.email === email)).toHaveLength(1);
    });

    it('binds a contact without an identifier by proof in any later request', async () => {
      const proof = server.signIdentifier(newUuid());
      const { session, place: at } = await server.createConversation();
      const query = new URLSearchParams(proof);
      const listed = await fetch(`${server.baseUrl}/contacts/${session.source_id}/conversations?${query}`);
      expect(listed.status).toBe(200);
      expect(await sessionOf(session)).toMatchObject({ hmac_verified: 1, contact_id: session.id });
      const row = (await server.contacts()).find(({ id }) => id === session.id);
      expect(row?.identifier).toBe(proof.identifier);
      expect((await server.postMessage(at, { content: 'hi' })).status).toBe(200);
    });

    it('moves the session to the owner of the identifier by proof, with its conversations', async () => {
      const proof = server.signIdentifier(newUuid());
      const owner = await server.createContact({ ...proof, name: 'Owner' });
      const {
        session,
        conversation,
        place: at,
      } = await server.createConversation({ identifier: proof.identifier });
      expect(session.id).not.toBe(owner.id);
      await server.postMessage(at, { content: 'before' });
      const { body } = await server.call<ContactRecord>('updateContact', at, { body: proof });
      expect(body).toMatchObject({ id: owner.id, name: 'Owner', identifier: proof.identifier });
      const { body: seen } = await server.call('getContact', at);
      expect(seen).toMatchObject({ id: owner.id, pubsub_token: session.pubsub_token });
      const listed = await server.call<{ id: number }[]>('listConversations', owner.place);
      expect(listed.body.map(({ id }) => id)).toEqual([conversation.id]);
      expect((await server.contacts()).map(({ id }) => id)).not.toContain(session.id);
    });

    it('binds one identifier only when two proofs arrive at once', async () => {
      const session = await server.createContact();
      const proofs = [server.signIdentifier(newUuid()), server.signIdentifier(newUuid())];
      const answers = await Promise.all(
        proofs.map((body) => server.call('updateContact', session.place, { body })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    });

    it('keeps the identifier exactly as it was signed', async () => {
      const source_id = newUuid();
      const proof = server.signIdentifier(` ${newUuid()} `);
      expect((await create({ source_id, ...proof })).status).toBe(200);
      expect((await create({ source_id, ...proof })).status).toBe(200);
    });

    it('knows both tokens while the old one lives, and the old one no longer after that', async () => {
      const [old, fresh] = [newToken(), newToken()];
      const proved = (token: string) => {
        const identifier = newUuid();
        return create({ identifier, identifier_hash: hmacHex(token, identifier) });
      };
      const rotate = (until: number) =>
        server.updateInbox({
          hmac_token: fresh,
          previous_hmac_token: old,
          previous_hmac_token_until: Date.now() + until,
        });
      await rotate(60_000);
      expect((await proved(old)).status).toBe(200);
      expect((await proved(fresh)).status).toBe(200);
      await rotate(-1);
      expect((await proved(old)).status).toBe(401);
      expect((await proved(fresh)).status).toBe(200);
      await server.updateInbox({ hmac_token: server.inbox.hmac_token, previous_hmac_token: null });
    });
  });

  describe('enforce', () => {
    let stranger: Awaited<ReturnType<ClientApiServer['createConversation']>>;

    beforeAll(async () => {
      await policy('safe');
      stranger = await server.createConversation({ identifier: `stranger-${newUuid()}` });
      await server.postMessage(stranger.place, { content: 'hello' });
      await policy('enforce');
    });

    it('needs proof to create', async () => {
      expect(await create({})).toMatchObject(wrong);
      expect(await create({ identifier: 'a' })).toMatchObject(wrong);
      expect(await create({ identifier: 'a', identifier_hash: '' })).toMatchObject(wrong);
    });

    const routes = [
      'getContact',
      'updateContact',
      'createConversation',
      'listConversations',
      'getConversation',
      'toggleStatus',
      'toggleTyping',
      'updateLastSeen',
      'listMessages',
      'postMessage',
      'updateMessage',
    ] as const;

    it.each(routes)('%s needs a verified session', async (route) => {
      const at = { ...stranger.place, message_id: 1 };
      const isRead = /^(get|list)/.test(route);
      expect(await server.call(route, at, isRead ? {} : { body: {} })).toMatchObject(wrong);
    });

    it('is satisfied for good by proof in one request', async () => {
      const { identifier } = (await server.contacts()).find(({ id }) => id === stranger.session.id) as {
        identifier: string;
      };
      const posted = await server.postMessage(stranger.place, {
        content: 'me',
        ...server.signIdentifier(identifier),
      });
      expect(posted.status).toBe(200);
      for (const route of ['getContact', 'listConversations', 'listMessages'] as const)
        expect((await server.call(route, stranger.place)).status).toBe(200);
    });
  });

  describe('a session that has written before', () => {
    const gone = { status: 404, body: { status: 404, error: 'Not Found' } };
    const messages = async () =>
      (await server.app.db.all(server.app.db.q.selectFrom('messages').select('id'))).length;

    /** Somebody who has just written, twice. */
    async function writer(body?: object) {
      const talk = await server.createConversation(body);
      for (const content of ['one', 'two'])
        expect(await server.postMessage(talk.place, { content })).toMatchObject({ status: 200 });
      return talk;
    }

    it.each([
      ['a new message', { content: 'four' }, {}],
      ['what it has sent before', { content: 'three', echo_id: 'e3' }, {}],
      ['a request that was done before', { content: 'three' }, { 'idempotency-key': 'k3' }],
    ])('is refused from the moment on at which the policy asks for proof: %s', async (_, body, headers) => {
      await policy('safe');
      const { place: at } = await writer();
      await server.postMessage(at, { content: 'three', echo_id: 'e3' });
      await server.postMessage(at, { content: 'three' }, { 'idempotency-key': 'k3' });
      await policy('enforce');
      const stored = await messages();
      expect(await server.postMessage(at, body, headers)).toMatchObject(wrong);
      expect(await messages()).toBe(stored);
      await policy('safe');
      expect(await server.postMessage(at, body, headers)).toMatchObject({ status: 200 });
    });

    it('is let in from the moment on at which it is verified', async () => {
      await policy('safe');
      const identifier = newUuid();
      const { place: at } = await writer({ identifier });
      await policy('enforce');
      expect(await server.postMessage(at, { content: 'no' })).toMatchObject(wrong);
      expect(
        await server.postMessage(at, { content: 'yes', ...server.signIdentifier(identifier) }),
      ).toMatchObject({
        status: 200,
      });
      expect(await server.postMessage(at, { content: 'yes' })).toMatchObject({ status: 200 });
      await policy('safe');
    });

    it('is not verified by a token that was withdrawn since', async () => {
      await policy('safe');
      const identifier = newUuid();
      const { session, place: at } = await writer({ identifier });
      await server.updateInbox({ hmac_token: newToken() });
      const stored = await messages();
      expect(
        await server.postMessage(at, { content: 'stolen', ...server.signIdentifier(identifier) }),
      ).toMatchObject(wrong);
      expect(await sessionOf(session)).toMatchObject({ hmac_verified: 0 });
      expect(await messages()).toBe(stored);
      await server.updateInbox({ hmac_token: server.inbox.hmac_token });
    });

    it('finds nothing where its conversation, its session or its inbox’s address is gone', async () => {
      await policy('safe');
      const { db } = server.app;
      const talks = [await writer(), await writer(), await writer()] as const;
      const stored = await messages();
      await db.run(
        db.q
          .updateTable('contact_inboxes')
          .set({ source_id: newUuid() })
          .where('source_id', '=', talks[0].session.source_id),
      );
      expect(await server.postMessage(talks[0].place, { content: 'three' })).toMatchObject(gone);
      await server.updateInbox({ identifier: newToken() });
      expect(await server.postMessage(talks[1].place, { content: 'three' })).toMatchObject(gone);
      await server.updateInbox({ identifier: server.inbox.identifier });
      expect(await messages()).toBe(stored);
      await db.run(db.q.deleteFrom('conversations').where('display_id', '=', talks[2].conversation.id));
      expect(await server.postMessage(talks[2].place, { content: 'three' })).toMatchObject(gone);
    });

    it('loses a conversation that was given to another session, and keeps one that comes with its contact', async () => {
      await policy('safe');
      const { db } = server.app;
      const [first, second] = [await writer(), await writer()];
      const other = await sessionOf(second.session);
      await db.run(
        db.q
          .updateTable('conversations')
          .set({ contact_inbox_id: other?.id as number })
          .where('display_id', '=', first.conversation.id),
      );
      expect(await server.postMessage(first.place, { content: 'three' })).toMatchObject(gone);
      const identifier = newUuid();
      await server.createContact(server.signIdentifier(identifier));
      expect(
        await server.postMessage(second.place, { content: 'three', ...server.signIdentifier(identifier) }),
      ).toMatchObject({
        status: 200,
      });
      const answer = await server.postMessage(second.place, { content: 'four' });
      expect(answer).toMatchObject({ status: 200, body: { sender: { identifier } } });
    });
  });

  describe('legacy', () => {
    beforeAll(() => policy('legacy'));

    it('finds a contact by identifier, email or phone, unchanged, with a session of its own', async () => {
      const owned = { identifier: newUuid(), email: someone(), phone_number: '+15550002222' };
      const owner = await server.createContact({ ...owned, name: 'Owner' });
      for (const [key, value] of Object.entries(owned)) {
        const again = await server.createContact({ [key]: value, name: 'Other' });
        expect(again).toMatchObject({ id: owner.id, name: 'Owner' });
        expect(again.source_id).not.toBe(owner.source_id);
        expect(again.pubsub_token).not.toBe(owner.pubsub_token);
      }
    });

    it('opens any source_id, whatever else is sent', async () => {
      const session = await server.createContact({ source_id: 'bob', name: 'Bob' });
      expect(await create({ source_id: 'bob', name: 'Eve', email: someone() })).toMatchObject({
        body: { id: session.id, name: 'Bob', email: null },
      });
    });

    it('merges by email on update: the other contact survives', async () => {
      const email = someone();
      const owner = await server.createContact({ email, name: 'Owner' });
      const session = await server.createContact({ name: 'Gone', custom_attributes: { plan: 'pro' } });
      const { body } = await server.call<ContactRecord>('updateContact', session.place, { body: { email } });
      expect(body).toMatchObject({ id: owner.id, name: 'Owner', custom_attributes: { plan: 'pro' } });
      expect((await server.contacts()).map(({ id }) => id)).not.toContain(session.id);
    });
  });
});
