/** Every free-form field of the contract, found by walking it, is bounded on what is stored after merging. */
import { agentApi, clientApi, type Endpoint, FREE_FORM } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from './fixtures/account.ts';
import { type ConversationFixture, createConversation } from './fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from './server.ts';

const { maxBytes, maxKeys, maxKeyLength, maxLevels } = FREE_FORM;
const api: Record<string, Endpoint> = { ...clientApi, ...agentApi };

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
}

/** Names from the outermost field to each free-form object. */
const freeFormsIn = ({ type, properties }: Schema): string[][] => {
  if (![type].flat().includes('object')) return [];
  if (!properties) return [[]];
  return Object.entries(properties).flatMap(([name, inner]) =>
    freeFormsIn(inner).map((path) => [name, ...path]),
  );
};

const fields = Object.entries(api).flatMap(([name, { body, query }]) =>
  [body, query].flatMap((schema) =>
    schema
      ? freeFormsIn(schema as Schema).map((path) => [`${name}: ${path.join('.')}`, name, path] as const)
      : [],
  ),
);

const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]));
const deep = (levels: number): object => (levels === 1 ? {} : { a: deep(levels - 1) });
/** Of many short texts, because attributes of conversations have none longer than 1500. */
function ofBytes(bytes: number): object {
  const rest = Array.from({ length: 63 }, (_, at) => [`k${100 + at}`, 'x'.repeat(1000)] as const);
  const missing = bytes - JSON.stringify({ ...Object.fromEntries(rest), last: '' }).length;
  const halves = { last: 'x'.repeat(missing - 700 - ',"more":""'.length), more: 'x'.repeat(700) };
  return { ...Object.fromEntries(rest), ...halves };
}

const tooMuch: [string, object][] = [
  ['bytes', ofBytes(maxBytes + 1)],
  ['keys', keys(maxKeys + 1)],
  ['inner keys', { list: [keys(maxKeys + 1)] }],
  ['levels', deep(maxLevels + 1)],
  ['characters of a key', { ['k'.repeat(maxKeyLength + 1)]: 1 }],
];
const atTheBound: object[] = [keys(maxKeys), { ['k'.repeat(maxKeyLength)]: 1 }];
/** `template_params` are one level below `additional_attributes`, which are bounded. */
const wrapper = '{"template_params":}'.length;
const largestOf = (path: readonly string[]): object[] =>
  path.at(-1) === 'template_params'
    ? [ofBytes(maxBytes - wrapper), deep(maxLevels - 1)]
    : [ofBytes(maxBytes), deep(maxLevels)];

const within = (path: readonly string[], value: unknown): object =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;

/** `given` with `value` at `path`; objects on the way keep what they have. */
function withField(given: object, path: readonly string[], value: unknown): object {
  const [name, ...rest] = path;
  if (name === undefined || !rest.length) return { ...given, ...within(path, value) };
  const inner = (given as Record<string, object>)[name] ?? {};
  return { ...given, [name]: withField(inner, rest, value) };
}

const stored = [
  'accounts',
  'users',
  'inboxes',
  'contacts',
  'contact_inboxes',
  'conversations',
  'messages',
  'custom_filters',
  'agent_bots',
  'events',
] as const;

describe.each(engines)('free-form fields on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let customer: ConversationFixture;
  let ids: Record<string, number>;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    customer = await createConversation(server, fixture);
    ids = {
      agentUpdateCustomFilter: await made('agentCreateCustomFilter', { name: 'Mine' }),
      agentUpdateBot: await made('agentCreateBot', { name: 'Bot' }),
      agentUpdateInbox: fixture.inbox.id,
      agentUpdateContact: await made('agentCreateContact', { name: 'Bea' }),
    };
  });
  afterAll(() => server.stop());

  const ask = (name: string, body: object) =>
    call(server, api[name] as Endpoint, {
      as: fixture.administrator,
      params: {
        account_id: fixture.account_id,
        inbox_identifier: fixture.inbox.identifier,
        contact_identifier: customer.source_id,
        conversation_id: customer.id,
        id: ids?.[name] ?? 0,
      },
      body,
    });

  async function made(name: string, body: object): Promise<number> {
    const answer = (await ask(name, body)).body as { id?: number; payload?: { contact: { id: number } } };
    return (answer.id ?? answer.payload?.contact.id) as number;
  }

  /** Other input of an endpoint, so that nothing but the field is refused. */
  const given = (name: string): object =>
    ({
      agentCreateCustomFilter: { name: 'Mine' },
      agentCreateBot: { name: 'Bot' },
      agentCreateInbox: { name: 'New', channel: { type: 'api' } },
      agentCreateConversation: { source_id: customer.source_id, message: { content: 'Hi' } },
      agentPostMessage: { content: 'Hi' },
      createContact: { name: 'Cy' },
      createConversation: { custom_attributes: {} },
      agentCreateContact: { name: 'Dee' },
      createNotificationSubscription: { subscription_type: 'fcm' },
    })[name] ?? {};

  const everything = async () => {
    const { db } = server.app;
    const rows = await Promise.all(stored.map((table) => db.all(db.q.selectFrom(table).selectAll())));
    return JSON.stringify(rows);
  };

  it('are all found', () => {
    expect(fields.length).toBeGreaterThanOrEqual(25);
  });

  it.each(fields)(
    '%s is refused beyond each bound, by name, and nothing is stored',
    async (_title, name, path) => {
      const before = await everything();
      const field = path.at(-1) as string;
      for (const [bound, value] of tooMuch) {
        const { status, body } = await ask(name, withField(given(name), path, value));
        const words = (field.charAt(0).toUpperCase() + field.slice(1)).replaceAll('_', ' ');
        const refusal =
          name === 'agentPostMessage'
            ? { error: expect.stringMatching(`^Validation failed: ${words} `) }
            : { message: expect.stringMatching(`^${words} `), attributes: [field] };
        expect({ bound, status, body }).toEqual({ bound, status: 422, body: refusal });
      }
      expect(await everything()).toBe(before);
    },
  );

  // Attributes of a subscription must name a device, for which an object at its bound has no room.
  it.each(fields.filter(([, name]) => name !== 'createNotificationSubscription'))(
    '%s is taken at each bound',
    async (_title, name, path) => {
      const merges = /Contact$/.test(name) && /pdate/.test(name);
      const { db } = server.app;
      for (const value of [...largestOf(path), ...atTheBound]) {
        if (merges)
          await db.run(
            db.q.updateTable('contacts').set({ custom_attributes: '{}', additional_attributes: '{}' }),
          );
        const { status, body } = await ask(name, withField(given(name), path, value));
        expect({ status, body }).toEqual({ status: 200, body: expect.anything() });
      }
    },
  );

  it('count what a merge adds to what is there', async () => {
    const id = await made('agentCreateContact', { custom_attributes: keys(150) });
    const params = { account_id: fixture.account_id, id };
    const update = (custom_attributes: object) =>
      call(server, agentApi.agentUpdateContact, {
        as: fixture.administrator,
        params,
        body: { custom_attributes },
      });
    const others = Object.fromEntries(
      Object.entries(keys(51)).map(([key, value]) => [`other ${key}`, value]),
    );
    const before = await everything();
    expect(await update(others)).toMatchObject({ status: 422, body: { attributes: ['custom_attributes'] } });
    expect(await everything()).toBe(before);
    expect((await update({ ...others, 'other k0': undefined })).status).toBe(200);
    expect((await update(keys(200))).status).toBe(422);
    expect((await update(keys(150))).status).toBe(200);
  });

  it('are bounded where a customer merges them, level by level', async () => {
    const half = { a: ofBytes(maxBytes - 1000) };
    const update = (custom_attributes: object) => ask('updateContact', { custom_attributes });
    const { db } = server.app;
    await db.run(db.q.updateTable('contacts').set({ custom_attributes: '{}' }));
    expect((await update(half)).status).toBe(200);
    const before = await everything();
    expect(await update({ a: { b: 'y'.repeat(1000) } })).toMatchObject({
      status: 422,
      body: { attributes: ['custom_attributes'] },
    });
    expect(await everything()).toBe(before);
    expect((await update({ a: { b: 'y' } })).status).toBe(200);
  });

  it('are bounded in a query and in a form', async () => {
    const address = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts/${customer.source_id}`;
    const wide = Array.from({ length: maxKeys + 1 }, (_, at) => `custom_attributes[k${at}]=1`).join('&');
    const asText = new URLSearchParams({ custom_attributes: JSON.stringify(deep(maxLevels + 1)) });
    const form = (body: string) => ({
      method: 'PATCH',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const parts = new FormData();
    parts.set('custom_attributes', JSON.stringify(keys(maxKeys + 1)));
    const before = await everything();
    for (const [url, request] of [
      [`${address}?${wide}`, { method: 'PATCH' }],
      [`${address}?${asText}`, { method: 'PATCH' }],
      [address, form(wide)],
      [address, form(String(asText))],
      [address, { method: 'PATCH', body: parts }],
    ] as const) {
      const answer = await fetch(url, request);
      expect([answer.status, await answer.json()]).toEqual([
        422,
        { message: expect.stringMatching(/^Custom attributes /), attributes: ['custom_attributes'] },
      ]);
    }
    expect(await everything()).toBe(before);
  });

  it.each([
    ['lists', '['],
    ['objects', '{"a":'],
  ])('are refused with %s of 100 000 levels, wherever they stand', async (_kind, opening) => {
    const levels = opening.repeat(100_000);
    const closings = (opening === '[' ? ']' : '}').repeat(100_000);
    const nested = `${levels}${opening === '[' ? '' : '1'}${closings}`;
    const address = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
    const headers = { 'content-type': 'application/json' };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const [type, body] of [
      [headers, `{"custom_attributes":${nested}}`],
      [headers, `{"unknown":${nested}}`],
      [headers, `{"custom_attributes":${JSON.stringify(nested)}}`],
      [headers, nested],
      [headers, `{"custom_attributes":${levels}`],
      [form, `custom_attributes=${encodeURIComponent(nested)}`],
    ] as const) {
      const answer = await fetch(address, { method: 'POST', headers: type, body });
      expect([400, 422]).toContain(answer.status);
    }
  });

  it('are no identifier of a proof', async () => {
    const identifier = { toString: 1, valueOf: 1 };
    for (const name of ['createContact', 'updateContact'])
      expect([401, 422]).toContain((await ask(name, { identifier, identifier_hash: 'x' })).status);
  });

  it('are not made of unknown fields', async () => {
    const secret = 'unknown-field';
    const names = [
      'createContact',
      'createConversation',
      'agentPostMessage',
      'agentCreateContact',
      'agentCreateInbox',
    ];
    for (const name of names) {
      const { status, body } = await ask(name, { ...given(name), [secret]: { [secret]: secret } });
      expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringContaining(secret)]);
    }
    expect(await everything()).not.toContain(secret);
  });
});
