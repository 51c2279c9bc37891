/** Custom attributes hold what their definitions say, whoever writes them, and filters read them in the account's days. */
import { agentApi, clientApi } from '@hoory/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { callerOf } from '../../test/fixtures/call.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

type Attributes = Record<string, unknown>;

/** Of each type, what it takes and what it refuses. */
const types: Record<string, { takes: unknown[]; refuses: unknown[]; wants: string }> = {
  text: { takes: ['a', 7, true], refuses: [{}, ['a']], wants: 'a text' },
  number: { takes: [0, -1.5, '42', '-0.5'], refuses: ['many', true, '1,5', ' 1', '0x1'], wants: 'a number' },
  currency: { takes: [9.99, '10'], refuses: ['10 €', {}], wants: 'a number' },
  percent: { takes: [50, '12.5'], refuses: ['50 %', []], wants: 'a number' },
  link: {
    takes: ['https://example.test/a?b', 'http://x'],
    refuses: ['javascript:alert(1)', 'example.test', 7],
    wants: 'an http or https address',
  },
  date: {
    takes: ['2026-03-01', '2026-03-01T00:00:00.000Z', '2024-02-29T10:00+02:00'],
    refuses: ['2026-02-29', '01.03.2026', 1772000000, 'soon'],
    wants: 'a date such as 2026-03-31',
  },
  list: {
    takes: ['gold', '2', 2],
    refuses: ['Gold', 'silver', ['gold'], false],
    wants: 'one of the values of its list',
  },
  checkbox: { takes: [true, false, 'true', '0', 1], refuses: ['yes', 2, {}], wants: 'true or false' },
};

describe.each(engines)('custom attributes on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let place: { inbox_identifier: string; contact_identifier: string };
  let contact_id: number;
  let conversation_id: number;

  const ask = <Body = Attributes>(name: keyof typeof agentApi, body?: object, params: object = {}) =>
    call<Body>(server, agentApi[name], {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, ...params },
      body,
    });
  const define = async (attribute_model: string, attribute_key: string, more: object) => {
    const named = { attribute_display_name: attribute_key, attribute_key, attribute_model };
    expect(await ask('agentCreateCustomAttribute', { ...named, ...more })).toMatchObject({ status: 200 });
  };
  const models = ['contact_attribute', 'conversation_attribute'];

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    for (const model of models) {
      for (const type of Object.keys(types))
        await define(model, `a ${type}`.replace(' ', '_'), {
          attribute_display_type: type,
          ...(type === 'list' && { attribute_values: ['gold', '2'] }),
        });
      await define(model, 'код', { regex_pattern: '/^[A-Z]{2}\\d+$/i' });
      await define(model, 'slow', { regex_pattern: '^(a+)+$' });
    }
    const { inbox } = fixture;
    const client = callerOf(server.url, '');
    const { source_id } = await client(clientApi.createContact, { inbox_identifier: inbox.identifier });
    place = { inbox_identifier: inbox.identifier, contact_identifier: source_id };
    ({ id: conversation_id } = await client(clientApi.createConversation, place));
    const session = { inbox_id: inbox.id, source_id };
    ({ id: contact_id } = (await ask<{ id: number }>('agentFindContactBySession', session)).body);
  });
  afterAll(() => server.stop());

  /** Everybody who writes custom attributes, with the status of an answer that took them. */
  const writers: Record<
    string,
    (custom_attributes: Attributes) => Promise<{ status: number; body: unknown }>
  > = {
    'an agent who creates a contact': (custom_attributes) => ask('agentCreateContact', { custom_attributes }),
    'an agent who changes a contact': (custom_attributes) =>
      ask('agentUpdateContact', { custom_attributes }, { id: contact_id }),
    'an agent who starts a conversation': (custom_attributes) =>
      ask('agentCreateConversation', { inbox_id: fixture.inbox.id, contact_id, custom_attributes }),
    'an agent who changes a conversation': (custom_attributes) =>
      ask('agentSetConversationAttributes', { custom_attributes }, { conversation_id }),
    'a customer who comes': (custom_attributes) =>
      callerOf(server.url, '').raw(clientApi.createContact, {
        inbox_identifier: place.inbox_identifier,
        custom_attributes,
      }),
    'a customer who says more': (custom_attributes) =>
      callerOf(server.url, '').raw(clientApi.updateContact, { ...place, custom_attributes }),
    'a customer who starts a conversation': (custom_attributes) =>
      callerOf(server.url, '').raw(clientApi.createConversation, { ...place, custom_attributes }),
  };

  const stored = async () => {
    const { db } = server.app;
    const of = (table: 'contacts' | 'conversations') =>
      db.all(db.q.selectFrom(table).select(['id', 'custom_attributes']).orderBy('id'));
    return JSON.stringify([await of('contacts'), await of('conversations')]);
  };

  describe.each(Object.entries(writers))('written by %s', (_who, write) => {
    it.each(Object.entries(types))('hold any valid %s, as it was sent', async (type, { takes }) => {
      for (const value of [...takes, null, '']) {
        expect(await write({ [`a_${type}`]: value })).toMatchObject({ status: 200 });
        expect(await stored()).toContain(
          JSON.stringify(JSON.stringify({ [`a_${type}`]: value }).slice(1, -1)).slice(1, -1),
        );
      }
    });

    it.each(Object.entries(types))('are refused for any invalid %s', async (type, { refuses, wants }) => {
      await write({ [`a_${type}`]: null });
      const before = await stored();
      for (const value of refuses)
        expect(await write({ fine: 1, [`a_${type}`]: value })).toMatchObject({
          status: 422,
          body: {
            message: `Custom attributes a_${type} must be ${wants}`,
            attributes: ['custom_attributes'],
          },
        });
      expect(await stored()).toBe(before);
    });

    it('must match the pattern of a text, which is stopped by a time-out', async () => {
      expect(await write({ код: 'ab12' })).toMatchObject({ status: 200 });
      for (const attributes of [{ код: '12' }, { slow: `${'a'.repeat(40)}!` }])
        expect(await write(attributes)).toMatchObject({
          status: 422,
          body: { message: `Custom attributes ${Object.keys(attributes)[0]} does not match its pattern` },
        });
    });

    it('may have any value under a key without definition', async () => {
      expect(await write({ free: { a: [1, 'x'] }, 'any key': false })).toMatchObject({ status: 200 });
    });
  });

  it('name the key in a refusal, whatever the key is', async () => {
    const key = fc.constantFrom(...Object.keys(types));
    // The key `__proto__` is refused of every free-form value, in words of its own.
    const anyValue = fc
      .jsonValue({ maxDepth: 2 })
      .filter((value) => !/__proto__/.test(JSON.stringify(value)));
    await fc.assert(
      fc.asyncProperty(key, anyValue, async (type, value) => {
        const { status, body } = await writers['an agent who changes a contact']!({ [`a_${type}`]: value });
        if (status === 200) return;
        expect([status, (body as Attributes).message]).toEqual([
          422,
          expect.stringContaining(`a_${type} must be`),
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it('that are older than their definition may be sent again unchanged', async () => {
    const write = writers['an agent who changes a conversation']!;
    expect(await write({ later: 'soon', other: 1 })).toMatchObject({ status: 200 });
    await define('conversation_attribute', 'later', { attribute_display_type: 'date' });
    expect(await write({ later: 'soon', other: 2 })).toMatchObject({ status: 200 });
    expect(await write({ later: 'sooner', other: 2 })).toMatchObject({ status: 422 });
    expect(await write({ later: '2026-03-01', other: 2 })).toMatchObject({ status: 200 });
  });

  it('have patterns that are regular expressions', async () => {
    const named = { attribute_display_name: 'X', attribute_key: 'x', regex_pattern: '(' };
    expect(await ask('agentCreateCustomAttribute', named)).toMatchObject({
      status: 422,
      body: { attributes: ['regex_pattern'] },
    });
  });

  describe('in filters', () => {
    const filtered = async (model: string, ...conditions: object[]) => {
      const name = model === 'contact_attribute' ? 'agentFilterContacts' : 'agentFilterConversations';
      const { status, body } = await ask<{ payload: { id: number }[] }>(name, { payload: conditions });
      expect(status).toBe(200);
      return body.payload.map(({ id }) => id);
    };
    const one = (attribute_key: string, filter_operator: string, value?: unknown) => ({
      attribute_key,
      filter_operator,
      values: value === undefined ? [] : [value],
      query_operator: null,
    });
    /** A contact or a conversation with these attributes. */
    const make = async (model: string, custom_attributes: Attributes): Promise<number> => {
      if (model === 'conversation_attribute') {
        const input = { inbox_id: fixture.inbox.id, contact_id, custom_attributes };
        return (await ask<{ id: number }>('agentCreateConversation', input)).body.id;
      }
      const input = { identifier: crypto.randomUUID(), custom_attributes };
      const { body } = await ask<{ payload: { contact: { id: number } } }>('agentCreateContact', input);
      return body.payload.contact.id;
    };

    it.each(models)('have keys of any script, and are compared by their type: %s', async (model) => {
      await define(model, '契約日', { attribute_display_type: 'date' });
      await define(model, 'größe', { attribute_display_type: 'number' });
      const early = await make(model, { 契約日: '2026-03-01', größe: '9' });
      const late = await make(model, { 契約日: '2026-03-02T00:00:00.000Z', größe: 10 });
      expect(await filtered(model, one('契約日', 'equal_to', '2026-03-01'))).toEqual([early]);
      expect(await filtered(model, one('契約日', 'is_greater_than', '2026-03-01'))).toEqual([late]);
      expect(await filtered(model, one('größe', 'is_less_than', 10))).toEqual([early]);
      expect(await filtered(model, one('größe', 'is_greater_than', '9.5'))).toEqual([late]);
      expect(await filtered(model, one('契約日', 'days_before', 0))).toHaveLength(2);
    });

    it.each(models)('are compared with days of the account’s time zone: %s', async (model) => {
      const id = await make(model, {});
      const { db } = server.app;
      const table = model === 'contact_attribute' ? 'contacts' : 'conversations';
      const key = table === 'contacts' ? 'id' : 'display_id';
      // 23:30 in Berlin, an hour before its clock is set back; 22:30 at UTC.
      const created_at = Date.parse('2024-10-26T21:30:00Z');
      await db.run(db.q.updateTable(table).set({ created_at }).where(key, '=', id));
      const isFound = async (operator: string, date: string) =>
        (await filtered(model, one('created_at', operator, date))).includes(id);
      const zone = (timezone: string | null) => ask('agentUpdateAccount', { timezone });
      for (const [timezone, date, next] of [
        ['Europe/Berlin', '2024-10-26', '2024-10-27'],
        ['Asia/Tokyo', '2024-10-27', '2024-10-28'],
        [null, '2024-10-26', '2024-10-27'],
      ] as const) {
        expect(await zone(timezone)).toMatchObject({ status: 200 });
        expect(await isFound('equal_to', date)).toBe(true);
        expect(await isFound('equal_to', next)).toBe(false);
        expect(await isFound('is_less_than', next)).toBe(true);
        expect(await isFound('is_less_than', date)).toBe(false);
        expect(await isFound('is_greater_than', date)).toBe(false);
      }
      expect(await zone('Mars/Olympus')).toMatchObject({ status: 422, body: { attributes: ['timezone'] } });
    });
  });
});
