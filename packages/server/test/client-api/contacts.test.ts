/** Contact sessions over HTTP and the transport rules that every endpoint shares (client-api.md sections 1 and 5.1 to 5.4). */
import type { ContactRecord, ContactSession } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../src/secrets.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { readEvents } from '../fixtures/recorded-events.ts';
import { insertSessionRow } from '../fixtures/rows.ts';
import { engines } from '../server.ts';

describe.each(engines)('contacts on %s', (engine) => {
  let server: ClientApiServer;
  const notFound = { status: 404, error: 'Not Found' };
  const post = (path: string, body?: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${server.baseUrl}${path}`, { method: 'POST', headers, ...(body !== undefined && { body }) });
  const created = async (answer: Response) => {
    expect(answer.status).toBe(200);
    return (await answer.json()) as ContactSession;
  };
  const accountEvents = async () =>
    (await readEvents(server.app, `account:${server.account_id}`)).map(({ event }) => event);

  beforeAll(async () => {
    server = await startClientApiServer({ engine });
  });
  afterAll(() => server.stop());

  describe('create', () => {
    it('creates a contact with a session, emits an event to agents, and returns the stored fields', async () => {
      const before = (await accountEvents()).length;
      const session = await server.createContact({
        name: 'Ada',
        email: 'Ada@Example.TEST',
        phone_number: '+15551230000',
        custom_attributes: { plan: 'pro', deep: { a: [1] } },
      });
      expect(session).toMatchObject({ name: 'Ada', email: 'ada@example.test', phone_number: '+15551230000' });
      expect(session.source_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(session.pubsub_token).toMatch(/^[1-9A-HJ-NP-Za-km-z]{24}$/);
      const row = (await server.contacts()).find(({ id }) => id === session.id);
      expect(row).toMatchObject({ email: 'ada@example.test', contact_type: 'lead' });
      expect(JSON.parse(row?.custom_attributes as string)).toEqual({ plan: 'pro', deep: { a: [1] } });
      expect((await accountEvents()).slice(before)).toEqual(['contact.created']);
    });

    it('treats nulls and blanks as absent and ignores unknown fields', async () => {
      for (const value of [null, '', '  ']) {
        const body = { source_id: value, identifier: value, email: value, name: value, phone_number: value };
        const session = await server.createContact({
          ...body,
          avatar_url: value,
          admin: true,
          blocked: true,
          id: 1,
        });
        expect(session.name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
        expect(session).toMatchObject({ email: null, phone_number: null });
      }
      const body = { custom_attributes: null, identifier_hash: null, additional_attributes: { a: 1 } };
      const session = await server.createContact(body);
      expect((await server.contacts()).find(({ id }) => id === session.id)).toMatchObject({
        blocked: 0,
        additional_attributes: '{}',
        contact_type: 'visitor',
      });
    });

    it('cuts the name on create and refuses a long one on update', async () => {
      const session = await server.createContact({ name: 'n'.repeat(300) });
      expect(session.name).toBe('n'.repeat(255));
      const answer = await server.call('updateContact', session.place, { body: { name: 'n'.repeat(256) } });
      expect(answer).toMatchObject({ status: 422, body: { attributes: ['name'] } });
    });

    it.each([
      ['email', 'nobody'],
      ['email', 'a b@example.test'],
      ['phone_number', '5551230000'],
      ['phone_number', '+0555123'],
      ['phone_number', 'x+15551230000'],
      ['phone_number', '+1234567890123456'],
      ['identifier', 'i'.repeat(256)],
      ['custom_attributes', 'text'],
    ])('refuses the %s %s and writes nothing', async (field, value) => {
      const before = (await server.contacts()).length;
      const answer = await server.call('createContact', {}, { body: { [field]: value } });
      expect(answer).toMatchObject({
        status: 422,
        body: { message: expect.any(String), attributes: [field] },
      });
      expect(await server.contacts()).toHaveLength(before);
    });

    it('creates one session for 20 parallel requests with one source_id', async () => {
      const source_id = newUuid();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => server.call('createContact', {}, { body: { source_id } })),
      );
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]?.body });
      const made = (await server.sessions()).filter((session) => session.source_id === source_id);
      expect(made).toHaveLength(1);
      expect((await server.contacts()).filter(({ id }) => id === made[0]?.contact_id)).toHaveLength(1);
    });

    it('gives an email that 10 requests create at once to one contact, and a claim to the others', async () => {
      const email = `${newUuid()}@example.test`;
      const sessions = await Promise.all(Array.from({ length: 10 }, () => server.createContact({ email })));
      expect(new Set(sessions.map(({ id }) => id)).size).toBe(10);
      expect(sessions.map((session) => session.email)).toEqual(Array(10).fill(email));
      expect((await server.contacts()).filter((row) => row.email === email)).toHaveLength(1);
    });

    it('repeats the first answer for an Idempotency-Key, and refuses it with another body', async () => {
      const headers = { 'idempotency-key': newUuid() };
      const first = await server.call('createContact', {}, { body: { name: 'Once' }, headers });
      const again = await server.call('createContact', {}, { body: { name: 'Once' }, headers });
      expect(again).toMatchObject({ status: 200, body: first.body });
      const other = await server.call('createContact', {}, { body: { name: 'Twice' }, headers });
      expect(other).toMatchObject({ status: 422, body: { error: expect.any(String) } });
      const names = (await server.contacts()).map(({ name }) => name);
      expect(names.filter((name) => name === 'Once')).toHaveLength(1);
      expect(names).not.toContain('Twice');
    });
  });

  describe('update', () => {
    it('sets given fields, keeps blank ones, merges attributes deeply, and returns the record', async () => {
      const session = await server.createContact({
        name: 'Ada',
        email: 'kept@example.test',
        custom_attributes: { a: { b: 1, c: 2 }, list: [1, 2] },
      });
      const before = (await accountEvents()).length;
      const { status, body } = await server.call<ContactRecord>('updateContact', session.place, {
        body: { name: '', email: null, identifier: 'not-mine', custom_attributes: { a: { b: 3 }, list: [] } },
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: session.id, name: 'Ada', email: 'kept@example.test' });
      expect(body).toMatchObject({ identifier: null, custom_attributes: { a: { b: 3, c: 2 }, list: [] } });
      expect((await accountEvents()).slice(before)).toEqual(['contact.updated']);
    });

    it('emits no event when nothing changed, by PATCH or by PUT', async () => {
      const session = await server.createContact({ name: 'Same' });
      const before = (await accountEvents()).length;
      for (const method of ['PATCH', 'PUT']) {
        const answer = await fetch(`${server.baseUrl}/contacts/${session.source_id}`, {
          method,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'Same' }),
        });
        expect(answer.status).toBe(200);
        expect(((await answer.json()) as ContactRecord).name).toBe('Same');
      }
      expect(await accountEvents()).toHaveLength(before);
    });
  });

  describe('transport', () => {
    const form = () => {
      const data = new FormData();
      data.set('name', 'Bag');
      data.set('custom_attributes[plan]', 'pro');
      return data;
    };

    it.each([
      [
        'JSON',
        () => [JSON.stringify({ name: 'Bag', custom_attributes: { plan: 'pro' } }), 'application/json'],
      ],
      ['a form', () => ['name=Bag&custom_attributes[plan]=pro', 'application/x-www-form-urlencoded']],
      ['multipart', () => [form(), undefined]],
    ] as [string, () => [BodyInit, string | undefined]][])('reads %s', async (_name, body) => {
      const [text, type] = body();
      const session = await created(await post('/contacts', text, type ? { 'content-type': type } : {}));
      expect(session.name).toBe('Bag');
      const row = (await server.contacts()).find(({ id }) => id === session.id);
      expect(row?.custom_attributes).toBe('{"plan":"pro"}');
    });

    it('reads the query, which wins over the body', async () => {
      const type = { 'content-type': 'application/json' };
      expect((await created(await post('/contacts?name=Query'))).name).toBe('Query');
      expect((await created(await post('/contacts?name=Query', '{"name":"Body"}', type))).name).toBe('Query');
    });

    it('needs no body, whatever type its header names', async () => {
      await created(await post('/contacts'));
      for (const type of ['application/json', 'application/xml', 'text/plain', 'multipart/form-data', ''])
        await created(await post('/contacts', '', { 'content-type': type }));
    });

    it('ignores headers it does not know', async () => {
      const headers = {
        api_access_token: 'x',
        authorization: 'Bearer y',
        'x-csrf-token': 'z',
        cookie: 'a=b',
      };
      await created(await post('/contacts', undefined, headers));
    });

    it('answers under every spelling of the path', async () => {
      const { source_id, place: _place, ...rest } = await server.createContact();
      const base = `${server.url}/public/api/v1`;
      for (const inboxes of ['inboxes', 'channels'])
        for (const contacts of ['contacts', 'customers'])
          for (const end of ['', '.json', '/', '.json?x=1']) {
            const path = `/${inboxes}/${server.inbox.identifier}/${contacts}/${source_id}${end}`;
            const answer = await fetch(`${base}${path}`);
            expect([path, answer.status]).toEqual([path, 200]);
            expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
            expect(await answer.json()).toEqual({ source_id, ...rest });
          }
    });

    it.each([
      ['with space and a long enough tail'],
      ['a.b/c?d#e%25-0123456789'],
      ['ünï-çødé-0123456789'],
      ['end.json'],
    ])('reaches the session %s by its percent-encoded name', async (source_id) => {
      await server.updateInbox({ identity_policy: 'legacy' });
      await insertSessionRow(server.app, server.inbox, source_id);
      const { body } = await server.call('getContact', { contact_identifier: encodeURIComponent(source_id) });
      expect(body.source_id).toBe(source_id);
      await server.updateInbox({ identity_policy: 'safe' });
    });

    it.each([
      ['GET', '/contacts/absent'],
      ['PATCH', '/contacts/absent'],
      ['GET', '/contacts'],
      ['DELETE', '/contacts'],
      ['GET', '/nothing'],
    ])('knows no %s %s', async (method, path) => {
      const answer = await fetch(`${server.baseUrl}${path}`, { method });
      expect([answer.status, await answer.json()]).toEqual([404, notFound]);
    });

    it.each(['/public/api/v1/inboxes/absent', '/public/api/v1/inboxes/absent/contacts/x', '/public/api/v1'])(
      'knows no %s',
      async (path) => {
        const answer = await fetch(`${server.url}${path}`);
        expect([answer.status, await answer.json()]).toEqual([404, notFound]);
      },
    );

    it.each(['{', '[', '[]', '"text"', '12', 'nope'])('refuses the JSON body %s', async (body) => {
      const answer = await post('/contacts', body, { 'content-type': 'application/json' });
      expect([answer.status, await answer.json()]).toEqual([400, { status: 400, error: 'Bad Request' }]);
    });

    it('answers 304 to a known etag', async () => {
      const { source_id } = await server.createContact();
      const etag = (await fetch(`${server.baseUrl}/contacts/${source_id}`)).headers.get('etag') as string;
      expect(etag).toMatch(/^W\//);
      const headers = { 'if-none-match': etag };
      expect((await fetch(`${server.baseUrl}/contacts/${source_id}`, { headers })).status).toBe(304);
    });
  });

  describe('CORS', () => {
    const origin = { origin: 'https://shop.example' };
    const open = {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-max-age': '7200',
    };
    const corsOf = ({ headers }: Response) =>
      Object.fromEntries([...headers].filter(([name]) => /^access-control-(?!expose)/.test(name)));

    it.each([
      ['a success', '', undefined, 200],
      ['a 404', '/contacts/absent', undefined, 404],
      ['a missing route', '/no/such/route', undefined, 404],
      ['a 400', '/contacts', '{', 400],
      ['a 422', '/contacts', '{"email":"x"}', 422],
    ])('is open on %s', async (_name, path, body, status) => {
      const answer = await fetch(`${server.baseUrl}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { ...origin, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body }),
      });
      expect(answer.status).toBe(status);
      expect(corsOf(answer)).toEqual(open);
      expect(answer.headers.get('vary')).toMatch(/Origin/);
    });

    it('answers preflights at once, whether or not the path exists', async () => {
      for (const path of ['/contacts', '/no/such/route']) {
        const answer = await fetch(`${server.baseUrl}${path}`, {
          method: 'OPTIONS',
          headers: {
            ...origin,
            'access-control-request-method': 'PATCH',
            'access-control-request-headers': 'content-type, x-any',
          },
        });
        expect([answer.status, await answer.text()]).toEqual([200, '']);
        expect(corsOf(answer)).toEqual({ ...open, 'access-control-allow-headers': 'content-type, x-any' });
      }
    });

    it('is silent without an Origin', async () => {
      expect(corsOf(await fetch(server.baseUrl))).toEqual({});
    });
  });
});
