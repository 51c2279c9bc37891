/** Contacts as agents keep them: create, show, update, merge and sessions, through HTTP on every database. */
import { agentContacts as api, MAX_CONTACT_INBOXES } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { streamOf } from '../events/emit.ts';
import { insertContact, insertSession } from './store.ts';

describe.each(engines)('contacts of agents on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let foreign: TestAccount;
  let account_id: number;
  let number = 0;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    own = await createTestAccount(server.app);
    foreign = await createTestAccount(server.app);
    account_id = own.account.id;
  });
  afterAll(() => server.stop());

  const freshEmail = () => `person-${++number}@mail.test`;
  const create = async (input: object = {}) =>
    (await own.as.agent(api.agentCreateContact, { account_id, ...input })).payload.contact;
  const show = async (id: number) => (await own.as.agent(api.agentGetContact, { account_id, id })).payload;
  const events = () => readEvents(server.app, streamOf.account(account_id));
  const lastEvents = async (count: number) => (await events()).slice(-count);

  it('creates a contact without a session, stores blanks as null and emits an event to the account', async () => {
    const { payload } = await own.as.agent(api.agentCreateContact, {
      account_id,
      name: ' Lia Park ',
      email: 'Lia@Mail.TEST',
      phone_number: '',
      identifier: null,
      blocked: true,
      additional_attributes: { city: 'Leeds' },
      custom_attributes: { tier: 'gold' },
    });
    expect(payload.contact_inbox).toEqual({ inbox: null, source_id: null });
    expect(payload.contact).toMatchObject({
      name: 'Lia Park',
      email: 'lia@mail.test',
      phone_number: null,
      identifier: null,
      blocked: true,
      thumbnail: '',
      availability_status: 'offline',
      additional_attributes: { city: 'Leeds' },
      custom_attributes: { tier: 'gold' },
      contact_inboxes: [],
    });
    expect(payload.contact).not.toHaveProperty('last_activity_at');
    expect(await show(payload.contact.id)).toEqual(payload.contact);
    const [told] = await lastEvents(1);
    expect(told).toMatchObject({
      event: 'contact.created',
      data: { id: payload.contact.id, type: 'contact', account_id },
    });
  });

  it('creates a contact with a session in an inbox', async () => {
    const { payload } = await own.as.agent(api.agentCreateContact, {
      account_id,
      inbox_id: own.inbox.id,
      source_id: 'crm-7',
    });
    expect(payload.contact_inbox).toMatchObject({
      source_id: 'crm-7',
      inbox: { id: own.inbox.id, account_id },
    });
    expect(payload.contact.contact_inboxes).toMatchObject([
      { source_id: 'crm-7', inbox: { id: own.inbox.id, name: 'App', channel_type: 'Channel::Api' } },
    ]);
    const again = await own.as.agent.raw(api.agentCreateContact, {
      account_id,
      email: freshEmail(),
      inbox_id: own.inbox.id,
      source_id: 'crm-7',
    });
    expect(again).toMatchObject({ status: 422, body: { attributes: ['source_id'] } });
  });

  it('writes nothing when the caller may not see the inbox', async () => {
    const email = freshEmail();
    const attempt = (inbox_id: number) =>
      own.as.agent.raw(api.agentCreateContact, { account_id, email, inbox_id });
    expect((await attempt(own.hidden.id)).status).toBe(401);
    expect((await attempt(foreign.inbox.id)).status).toBe(404);
    expect((await attempt(999_999)).status).toBe(404);
    expect(await create({ email })).toMatchObject({ email });
  });

  it('names all values that other contacts have in one refusal', async () => {
    const email = freshEmail();
    await create({ email, identifier: email });
    const { id } = await create({ phone_number: '+447700900001' });
    const taken = await own.as.agent.raw(api.agentCreateContact, {
      account_id,
      email: email.toUpperCase(),
      identifier: email,
      phone_number: '+447700900001',
    });
    expect(taken).toEqual({
      status: 422,
      body: {
        message:
          'Email has already been taken, Phone number has already been taken, Identifier has already been taken',
        attributes: ['email', 'phone_number', 'identifier'],
      },
    });
    const update = await own.as.agent.raw(api.agentUpdateContact, { account_id, id, email });
    expect(update).toMatchObject({ status: 422, body: { attributes: ['email'] } });
    // Another account has its own people.
    expect(
      await foreign.as.agent.raw(api.agentCreateContact, { account_id: foreign.account.id, email }),
    ).toMatchObject({ status: 200 });
  });

  it.each([
    ['email', 'not an address'],
    ['phone_number', '07700 900123'],
    ['name', 'x'.repeat(256)],
  ])('refuses a bad %s', async (field, value) => {
    const answer = await own.as.agent.raw(api.agentCreateContact, { account_id, [field]: value });
    expect(answer).toMatchObject({ status: 422, body: { attributes: [field] } });
  });

  it('gives an e-mail to one of several concurrent requests', async () => {
    const email = freshEmail();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => own.as.agent.raw(api.agentCreateContact, { account_id, email })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(422)]);
  });

  it('merges attributes on update, clears fields with blanks and emits what changed', async () => {
    const { id } = await create({
      name: 'Before',
      email: freshEmail(),
      custom_attributes: { a: { deep: 1 }, b: 2 },
    });
    const { payload } = await own.as.agent(api.agentUpdateContact, {
      account_id,
      id,
      name: 'After',
      email: '',
      custom_attributes: { a: { other: 1 }, c: null },
      include_contact_inboxes: false,
    });
    expect(payload).toMatchObject({ name: 'After', email: null });
    expect(payload.custom_attributes).toEqual({ a: { other: 1 }, b: 2, c: null });
    expect(payload).not.toHaveProperty('contact_inboxes');
    const told = await events();
    expect(told.at(-1)).toMatchObject({ event: 'contact.updated', data: { id, name: 'After' } });
    await own.as.agent(api.agentUpdateContact, { account_id, id, name: 'After' });
    expect(await events()).toHaveLength(told.length);
  });

  it('has the same answer for a contact that does not exist and one of another account', async () => {
    const { id } = await create();
    const as = foreign.as.administrator;
    const elsewhere = { account_id: foreign.account.id };
    for (const one of [id, 999_999]) {
      const answers = [
        await as.raw(api.agentGetContact, { ...elsewhere, id: one }),
        await as.raw(api.agentUpdateContact, { ...elsewhere, id: one, name: 'x' }),
        await as.raw(api.agentListContactableInboxes, { ...elsewhere, id: one }),
        await as.raw(api.agentCreateContactInbox, { ...elsewhere, id: one, inbox_id: foreign.inbox.id }),
        await as.raw(api.agentMergeContacts, { ...elsewhere, base_contact_id: one, mergee_contact_id: one }),
      ];
      for (const answer of answers)
        expect(answer).toEqual({ status: 404, body: { error: 'Resource could not be found' } });
    }
    expect((await as.raw(api.agentGetContact, { account_id, id })).status).toBe(401);
  });

  it('shows the newest sessions of a contact, and as many in a list', async () => {
    const { id } = await create({ email: freshEmail() });
    await server.app.db.write(async (tx) => {
      for (let nth = 0; nth <= MAX_CONTACT_INBOXES; nth++)
        await insertSession(server.app, tx, {
          account_id,
          contact_id: id,
          inbox_id: own.inbox.id,
          source_id: `many-${id}-${nth}`,
        });
    });
    const newest = Array.from({ length: MAX_CONTACT_INBOXES }, (_, nth) => `many-${id}-${nth + 1}`);
    const { payload: listed } = await own.as.agent(api.agentListContacts, {
      account_id,
      sort: '-created_at',
    });
    for (const contact of [await show(id), listed.find((one) => one.id === id)])
      expect(contact?.contact_inboxes?.map(({ source_id }) => source_id)).toEqual(newest);
  });

  it('returns the existing session for the same source_id, and creates one without', async () => {
    const { id } = await create();
    const open = (input: object) =>
      own.as.agent(api.agentCreateContactInbox, { account_id, id, inbox_id: own.inbox.id, ...input });
    const first = await open({ source_id: 'bridge-1', hmac_verified: true });
    expect(await open({ source_id: 'bridge-1' })).toEqual(first);
    const fresh = await open({});
    expect(fresh.source_id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await show(id)).contact_inboxes).toMatchObject([
      { source_id: 'bridge-1', hmac_verified: true },
      { source_id: fresh.source_id, hmac_verified: false },
    ]);
    const other = await create();
    const input = { account_id, inbox_id: own.inbox.id, source_id: 'bridge-1' };
    expect(await own.as.agent.raw(api.agentCreateContactInbox, { ...input, id: other.id })).toMatchObject({
      status: 422,
      body: { attributes: ['source_id'] },
    });
    const hidden = { ...input, id, inbox_id: own.hidden.id };
    expect((await own.as.agent.raw(api.agentCreateContactInbox, hidden)).status).toBe(401);
    expect((await own.as.administrator.raw(api.agentCreateContactInbox, hidden)).status).toBe(200);
  });

  it('lists the inboxes in which a contact can be contacted and which the caller may see', async () => {
    const { id } = await create();
    await own.as.agent(api.agentCreateContactInbox, { account_id, id, inbox_id: own.inbox.id });
    const newest = await own.as.agent(api.agentCreateContactInbox, {
      account_id,
      id,
      inbox_id: own.inbox.id,
    });
    const { payload } = await own.as.agent(api.agentListContactableInboxes, { account_id, id });
    expect(payload).toEqual([{ inbox: newest.inbox, source_id: newest.source_id }]);
    const all = await own.as.administrator(api.agentListContactableInboxes, { account_id, id });
    expect(all.payload.map(({ inbox }) => inbox.id)).toEqual([own.inbox.id, own.hidden.id]);
    expect(all.payload[1]?.source_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('merges: values of the base win, missing ones are filled, sessions move, claims are deleted', async () => {
    const email = freshEmail();
    const base = await create({ name: 'Base', email, custom_attributes: { a: 1 } });
    const mergee = await server.app.db.write(async (tx) => {
      const row = await insertContact(server.app, tx, {
        account_id,
        name: 'Visitor',
        phone_number: '+447700900002',
        custom_attributes: '{"a":2,"b":3}',
      });
      await insertSession(server.app, tx, {
        account_id,
        contact_id: row.id,
        inbox_id: own.inbox.id,
        source_id: `visitor-${row.id}`,
        claims: JSON.stringify({ email, identifier: 'somebody-else' }),
      });
      return row;
    });
    expect((await show(mergee.id)).contact_inboxes).toMatchObject([
      { unverified_claims: { email, identifier: 'somebody-else' } },
    ]);
    const before = (await events()).length;
    const merged = await own.as.agent(api.agentMergeContacts, {
      account_id,
      base_contact_id: base.id,
      mergee_contact_id: mergee.id,
    });
    expect(merged).toMatchObject({
      id: base.id,
      name: 'Base',
      email,
      phone_number: '+447700900002',
      custom_attributes: { a: 1, b: 3 },
    });
    expect(merged).not.toHaveProperty('contact_inboxes');
    const [session] = (await show(base.id)).contact_inboxes ?? [];
    expect(session?.source_id).toBe(`visitor-${mergee.id}`);
    expect(session?.unverified_claims).toEqual({ identifier: 'somebody-else' });
    expect((await own.as.agent.raw(api.agentGetContact, { account_id, id: mergee.id })).status).toBe(404);
    const told = (await events()).slice(before);
    expect(told.map(({ event, data }) => [event, data.id])).toEqual([
      ['contact.merged', base.id],
      ['contact.deleted', mergee.id],
      ['contact.updated', base.id],
    ]);
    expect(told[1]?.data).toEqual({ id: mergee.id, account_id });
  });

  it('shows contacts with a live socket as online', async () => {
    const { id } = await create({ email: freshEmail() });
    expect((await show(id)).availability_status).toBe('offline');
    server.app.presence.enter(account_id, 'contact', id);
    expect((await show(id)).availability_status).toBe('online');
    const update = { account_id, id, name: 'Seen', include_contact_inboxes: false };
    expect((await own.as.agent(api.agentUpdateContact, update)).payload.availability_status).toBe('online');
    const { payload } = await own.as.agent(api.agentListContacts, { account_id, sort: '-created_at' });
    expect(payload.find((contact) => contact.id === id)?.availability_status).toBe('online');
  });

  it('does not change a contact that is merged with itself', async () => {
    const { id, name } = await create({ name: 'Only', email: freshEmail() });
    const input = { account_id, base_contact_id: id, mergee_contact_id: id };
    expect(await own.as.agent(api.agentMergeContacts, input)).toMatchObject({ id, name });
    expect((await show(id)).name).toBe('Only');
  });

  it('creates one contact for repeated requests with one idempotency key', async () => {
    const email = freshEmail();
    const post = async () => {
      const response = await fetch(`${server.url}/api/v1/accounts/${account_id}/contacts`, {
        method: 'POST',
        headers: {
          api_access_token: own.agent.access_token,
          'content-type': 'application/json',
          'idempotency-key': email,
        },
        body: JSON.stringify({ email }),
      });
      return { status: response.status, body: await response.json() };
    };
    const first = await post();
    expect(first.status).toBe(200);
    expect(await post()).toEqual(first);
  });
});
