/**
 * Lists read to their end by cursor while rows come, move and go: what nobody touches comes once, whatever the order. Page
 * numbers give the same order.
 */
import { type AgentConversation, agentApi } from '@hoory/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMember } from '../../src/agents/agents.ts';
import { insertContact } from '../../src/contacts/store.ts';
import { newUuid } from '../../src/secrets.ts';
import { type AccountFixture, call, createAccount } from '../fixtures/account.ts';
import { createConversation } from '../fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

interface Page {
  ids: number[];
  next: string | null | undefined;
}

type Row = { id: number };

interface Listed {
  meta: { next_cursor: string | null };
  payload: Row[] | Record<string, Row[]>;
}

/** Asks for a page of a list: by number, or by cursor. */
type Read = (paging: { page: number } | { cursor: string } | Record<string, never>) => Promise<Page>;

const start = Date.parse('2026-03-01T09:00:00Z');
/** More than two pages of each list but that of files, of which 100 fit on one. */
const many = { contacts: 40, conversations: 60, files: 230 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe.each(engines)('lists on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let clock = start;

  const run = (query: ReturnType<typeof sql>) => server.app.db.write((tx) => tx.run(query));
  const get = async (path: string, query: object = {}, body?: object) => {
    const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return fetch(
      `${server.url}/api/${path.startsWith('/reports') ? 'v2' : 'v1'}/accounts/${fixture.account_id}${path}?${asked}`,
      {
        headers: {
          api_access_token: fixture.administrator.access_token,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      },
    );
  };
  const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id);
  /** A list whose answer says the next cursor beside its rows, or has no room but in a header. */
  const reader =
    (path: string, { body: sent, ...query }: { body?: object } & Record<string, unknown> = {}): Read =>
    async (paging) => {
      const answer = await get(path, { ...query, ...paging }, sent);
      expect(answer.status).toBe(200);
      const body = (await answer.json()) as Row[] | Listed | { data: Listed };
      if (Array.isArray(body)) return { ids: idsOf(body), next: answer.headers.get('x-next-cursor') };
      const { meta, payload } = 'data' in body ? body.data : body;
      const rows = Array.isArray(payload) ? payload : Object.values(payload).flat();
      return { ids: idsOf(rows), next: meta.next_cursor };
    };

  /** All pages, one after another; between them `meddle` runs. */
  async function walk(read: Read, meddle: () => Promise<unknown> = async () => undefined): Promise<number[]> {
    const { ids, next } = await read({});
    expect(next).toEqual(expect.any(String));
    const found = [...ids];
    for (let cursor = next; cursor; ) {
      await meddle();
      const page = await read({ cursor });
      expect(page.ids.length).toBeGreaterThan(0);
      found.push(...page.ids);
      cursor = page.next;
    }
    return found;
  }

  async function byNumber(read: Read): Promise<number[]> {
    const found: number[] = [];
    for (let page = 1; ; page++) {
      const { ids, next } = await read({ page });
      found.push(...ids);
      if (!next) return found;
    }
  }

  /** Walks the list while the first row seen goes, the last moves to the front, and a new one comes. */
  async function keepsItsPlace(read: Read, { touch }: { touch: (ids: number[]) => Promise<unknown> }) {
    const calm = await walk(read);
    expect(calm).toEqual(await byNumber(read));
    expect(new Set(calm).size).toBe(calm.length);
    const [gone = 0, moved = 0] = [calm[0], calm.at(-1)];
    const found = await walk(read, () => touch([gone, moved]));
    const untouched = calm.filter((id) => id !== gone && id !== moved);
    expect(found.filter((id) => untouched.includes(id))).toEqual(untouched);
  }

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    fixture = await createAccount(server);
    const { account_id } = fixture;
    for (const index of numbers(many.conversations)) {
      // Several in one moment, so that ids tell.
      clock = start + Math.floor(index / 3) * 60_000;
      await createConversation(server, fixture, `Where is tapir ${index}?`);
    }
    clock = start + 1000 * 60_000;
    await run(sql`update conversations set
      waiting_since = case when id % 3 = 0 then null else waiting_since end,
      priority = case id % 5 when 0 then 'urgent' when 1 then 'low' when 2 then 'high' else null end,
      unread_count = id % 2, status = case id % 4 when 0 then 'resolved' when 1 then 'snoozed' else 'open' end`);
    await server.app.db.write(async (tx) => {
      for (const index of numbers(many.contacts)) {
        const at = index % 4 ? start + Math.floor(index / 6) * 1000 : null;
        await insertContact(server.app, tx, {
          account_id,
          name: index % 7 ? `Okapi ${index % 5}` : '',
          identifier: `okapi-${index}`,
          email: index % 3 ? `Okapi-${index % 2}-${index}@mail.test`.toLowerCase() : null,
          phone_number: index % 2 ? `+4477009${1000 + index}` : null,
          last_activity_at: at,
          created_at: start + index,
          additional_attributes: JSON.stringify(index % 2 ? { city: `Leeds ${index % 3}` } : {}),
        });
      }
      const message = await tx.get(
        sql<{
          id: number;
          conversation_id: number;
        }>`select id, conversation_id from messages order by id limit 1`,
      );
      const conversations = await tx.all(sql<{ id: number }>`select id from conversations order by id`);
      const files = await tx.nextIds('attachments', many.files);
      const file = {
        message_id: message?.id ?? 0,
        account_id,
        file_type: 'file' as const,
        meta: '{}',
        created_at: start,
      };
      await tx.insertMany(
        'attachments',
        files.map((id) => ({
          ...file,
          id,
          conversation_id: message?.conversation_id ?? 0,
          external_url: 'https://files.test/a',
        })),
      );
      const ids = await tx.nextIds('notifications', conversations.length);
      await tx.insertMany(
        'notifications',
        conversations.map(({ id: conversation_id }, index) => ({
          id: ids[index] as number,
          account_id,
          user_id: fixture.administrator.id,
          notification_type: 'conversation_creation',
          conversation_id,
          secondary_actor_type: null,
          secondary_actor_id: null,
          read_at: index % 6 ? null : start,
          snoozed_until: null,
          last_activity_at: start + Math.floor(index / 3),
          meta: '{}',
          created_at: start,
          updated_at: start,
        })),
      );
      const asked = await tx.all(
        sql<{ id: number; conversation_id: number; sender_id: number }>`select id, conversation_id, sender_id
          from messages where message_type = 0 order by id`,
      );
      const answers = await tx.nextIds('csat_survey_responses', asked.length);
      await tx.insertMany(
        'csat_survey_responses',
        asked.map(({ id: message_id, conversation_id, sender_id }, index) => ({
          id: answers[index] as number,
          account_id,
          conversation_id,
          message_id,
          contact_id: sender_id,
          assigned_agent_id: null,
          rating: 5,
          feedback_message: null,
          created_at: start + Math.floor(index / 3),
          updated_at: start,
        })),
      );
    });
  });
  afterAll(() => server.stop());

  let added = 0;
  const filtered = {
    payload: [{ attribute_key: 'name', filter_operator: 'does_not_contain', values: ['x'] }],
  };

  it.each(
    ['name', 'email', 'phone_number', 'last_activity_at', 'created_at', 'city', 'company_name'].flatMap(
      (word) => [word, `-${word}`],
    ),
  )('contacts by %s', async (sort) => {
    await keepsItsPlace(reader('/contacts', { sort }), {
      touch: async ([gone, moved]) => {
        await run(
          sql`update contacts set identifier = null, email = null, phone_number = null where id = ${gone}`,
        );
        await run(
          sql`update contacts set name = 'AA', email = ${`aa-${sort}@mail.test`}, last_activity_at = ${clock + 1}
            where id = ${moved}`,
        );
        added += 1;
        const columns = { account_id: fixture.account_id, name: 'Okapi 2', identifier: `new-${added}` };
        await server.app.db.write((tx) => insertContact(server.app, tx, columns));
      },
    });
  });

  it.each<[string, Read]>([
    ['searched', reader('/contacts/search', { q: 'okapi', sort: 'name' })],
    ['filtered', reader('/contacts/filter', { sort: '-email', body: filtered })],
    ['found', reader('/search/contacts', { q: 'okapi' })],
  ])('contacts %s', async (_how, read) => {
    const calm = await walk(read);
    expect(calm.length).toBeGreaterThan(30);
    expect(calm).toEqual(await byNumber(read));
    expect(new Set(calm).size).toBe(calm.length);
  });

  it('agents and how much they have to do', async () => {
    const add = (name: string) =>
      server.app.db.write((tx) =>
        addMember(server.app, tx, {
          account_id: fixture.account_id,
          role: 'agent',
          newUser: { name, email: `${newUuid()}@shop.test`, password_hash: null, confirmed: 1 },
        }),
      );
    for (const index of numbers(60)) await add(`Agent ${index % 7}`);
    await keepsItsPlace(reader('/reports/conversations', { type: 'agent' }), {
      touch: async ([gone]) => {
        await run(sql`delete from account_users where user_id = ${gone}`);
        await add('AA');
      },
    });
  });

  it('files of a conversation', async () => {
    await keepsItsPlace(reader('/conversations/1/attachments'), {
      touch: ([gone]) => run(sql`delete from attachments where id = ${gone}`),
    });
  });

  it.each(['asc', 'desc'])('notifications %s', async (sort_order) => {
    for (const includes of ['', 'read,snoozed'])
      await keepsItsPlace(reader('/notifications', { sort_order, includes }), {
        touch: async ([gone, moved]) => {
          await run(sql`delete from notifications where id = ${gone}`);
          clock += 1000;
          await run(sql`update notifications set last_activity_at = ${clock} where id = ${moved}`);
        },
      });
  });

  it.each(['created_at', '-created_at'])('answers to surveys by %s', async (sort) => {
    await keepsItsPlace(reader('/csat_survey_responses', { sort }), {
      touch: ([gone]) => run(sql`delete from csat_survey_responses where id = ${gone}`),
    });
  });

  const orders = [
    'last_activity_at_desc',
    'last_activity_at_asc',
    'created_at_desc',
    'created_at_asc',
    'priority_desc',
    'priority_asc',
    'priority_desc_created_at_asc',
    'waiting_since_desc',
    'waiting_since_asc',
    'unread',
  ];
  /** One is deleted, one moves to the front, one comes. */
  const touchConversations = async ([gone, moved]: number[]) => {
    const params = { account_id: fixture.account_id, conversation_id: gone ?? 0 };
    await call(server, agentApi.agentDeleteConversation, { as: fixture.administrator, params });
    clock += 1000;
    await run(sql`update conversations set last_activity_at = ${clock}, priority = 'urgent', waiting_since = 1,
      unread_count = 1 where account_id = ${fixture.account_id} and display_id = ${moved}`);
    await createConversation(server, fixture, 'Another tapir');
  };

  it.each<[string, Read]>([
    ...orders.map((sort_by): [string, Read] => [
      sort_by,
      reader('/conversations', { sort_by, status: 'all' }),
    ]),
    ['filtered', reader('/conversations/filter', { body: { payload: [] } })],
    ['in which somebody says a word', reader('/conversations/search', { q: 'tapir' })],
    ['found', reader('/search/conversations', { q: 'ann' })],
  ])('conversations %s', async (_order, read) => {
    await keepsItsPlace(read, { touch: touchConversations });
  });

  it('messages found', async () => {
    await keepsItsPlace(reader('/search/messages', { q: 'tapir' }), {
      touch: () => createConversation(server, fixture, 'One more tapir'),
    });
  });

  it('refuse the cursor of another list or order, and text that is no cursor', async () => {
    const cursorOf = async (path: string, query: object = {}) =>
      (await reader(path, query as Record<string, unknown>)({})).next ?? '';
    const made = (list: unknown) => Buffer.from(JSON.stringify(list)).toString('base64url');
    const byName = await cursorOf('/contacts', { sort: 'name' });
    const latest = await cursorOf('/conversations', { status: 'all' });
    for (const [path, query, cursor] of [
      ['/contacts', { sort: '-name' }, byName],
      ['/contacts', {}, byName],
      ['/contacts/search', { q: 'okapi', sort: 'name' }, byName],
      ['/conversations', {}, byName],
      ['/conversations', { sort_by: 'last_activity_at_asc' }, latest],
      ['/conversations/search', { q: 'tapir' }, latest],
      ['/notifications', {}, latest],
      ['/contacts', {}, 'nonsense'],
      ['/contacts', {}, made(null)],
      ['/contacts', {}, made({ length: 4 })],
      ['/contacts', {}, made(['contacts', 0, "1' or '1'='1", 1])],
      ['/contacts', {}, made(['contacts', 'length', null, 1])],
      ['/contacts', {}, made(['contacts', 2, 1, 1])],
      ['/contacts', {}, made(['contacts', 0, 1e300, 1])],
      ['/contacts', { sort: 'name' }, made(['contacts asc name', 0, 'a\0', 1])],
      ['/contacts', { sort: 'name' }, made(['contacts asc name', 0, '\ud800', 1])],
    ] as const) {
      const answer = await get(path, { ...query, cursor });
      expect([path, query, cursor, answer.status]).toEqual([path, query, cursor, 422]);
      expect(await answer.json()).toEqual({ message: 'Cursor is invalid', attributes: ['cursor'] });
    }
    expect((await get('/contacts', { cursor: '' })).status).toBe(200);
  });

  it('show a caller with the cursor of another nothing more', async () => {
    const { data } = (await (await get('/conversations', { status: 'all' })).json()) as {
      data: { meta: { next_cursor: string } };
    };
    const path = `/api/v1/accounts/${fixture.account_id}/conversations?status=all&cursor=${data.meta.next_cursor}`;
    const answer = await fetch(server.url + path, {
      headers: { api_access_token: fixture.outsider.access_token },
    });
    const seen = (await answer.json()) as { data: { payload: AgentConversation[] } };
    expect(seen.data.payload).toEqual([]);
  });
});
