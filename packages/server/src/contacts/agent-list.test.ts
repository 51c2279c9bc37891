/** Contacts as agents find them: list, search and filter, through HTTP on every database. */
import { type AttributeDisplayType, agentContacts as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../test/fixtures/random.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { insertContact } from './store.ts';
import { addUpContactCounts } from './store-counts.ts';

const start = Date.parse('2026-03-01T09:00:00Z');
const hour = 60 * 60 * 1000;

describe.each(engines)('finding contacts on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => start + 100 * hour });
    const { app } = server;
    own = await createTestAccount(app);
    account_id = own.account.id;
    const foreign = await createTestAccount(app);
    await app.db.write(async (tx) => {
      const add = (name: string, columns: object) => insertContact(app, tx, { account_id, name, ...columns });
      for (let index = 0; index < 16; index++)
        await add(`many ${String(index).padStart(2, '0')}`, {
          email: `many-${index}@mail.test`,
          created_at: start,
          last_activity_at: start + index * hour,
        });
      await add('Zoë', {
        identifier: 'CRM-Zoe',
        created_at: start + hour,
        blocked: 1,
        additional_attributes: JSON.stringify({ city: 'Leeds', company_name: 'Acme', country_code: 'GB' }),
        custom_attributes: JSON.stringify({ seats: 12, plan: 'gold', vip: true, since: '2026-01-05' }),
      });
      await add('adam', { phone_number: '+447700900123', created_at: start + 2 * hour, country_code: 'DE' });
      await add('Unknown visitor', { created_at: start });
      await insertContact(app, tx, {
        account_id: foreign.account.id,
        name: 'Zoë elsewhere',
        email: 'many-3@mail.test',
      });
    });
  });
  afterAll(() => server.stop());

  const list = (input: object = {}) => own.as.agent(api.agentListContacts, { account_id, ...input });
  const search = (input: object) => own.as.agent(api.agentSearchContacts, { account_id, q: '', ...input });
  const filter = (payload: object[], input: object = {}) =>
    own.as.agent(api.agentFilterContacts, { account_id, payload: payload as never, ...input });
  const namesOf = ({ payload }: { payload: { name: string }[] }) => payload.map(({ name }) => name);
  const one = (attribute_key: string, filter_operator: string, ...values: unknown[]) => ({
    attribute_key,
    filter_operator,
    values,
    query_operator: null,
  });

  it('lists the identified contacts, 15 a page, most recently active first', async () => {
    const first = await list();
    expect(first.meta).toEqual({ count: 18, current_page: 1, next_cursor: expect.any(String) });
    expect(namesOf(first).slice(0, 2)).toEqual(['many 15', 'many 14']);
    expect(first.payload).toHaveLength(15);
    const second = await list({ page: 2 });
    expect(second.meta).toEqual({ count: 18, current_page: '2', next_cursor: null });
    expect(namesOf(second)).toEqual(['many 00', 'adam', 'Zoë']);
    expect(namesOf(await list({ page: 1_000_000_000 }))).toEqual([]);
  });

  it.each([
    ['name', 'adam'],
    ['-name', 'Zoë'],
    ['email', 'many 00'],
    ['-phone_number', 'adam'],
    ['city', 'Zoë'],
    ['-company_name', 'Zoë'],
    ['-created_at', 'adam'],
    ['last_activity_at', 'many 00'],
    ['-last_activity_at', 'many 15'],
    ['nonsense; drop table', 'many 15'],
  ])('sorts by %s, contacts without it last', async (sort, name) => {
    expect(namesOf(await list({ sort }))[0]).toBe(name);
  });

  it('leaves sessions out with include_contact_inboxes=false', async () => {
    expect((await list()).payload[0]).toHaveProperty('contact_inboxes', []);
    const { payload } = await list({ include_contact_inboxes: false });
    expect(payload[0]).not.toHaveProperty('contact_inboxes');
  });

  it('finds no contact for a label that no contact has', async () => {
    expect((await list({ labels: 'vip' })).meta.count).toBe(0);
  });

  it.each([
    ['ADA', ['adam']],
    ['0900123', ['adam']],
    ['MANY-3@', ['many 03']],
    ['CRM-Z', ['Zoë']],
    ['crm-z', ['Zoë']],
    ['zoe', ['Zoë']],
    ['7700-900 123', ['adam']],
    ['07700 900123', ['adam']],
    ['adam +4477', ['adam']],
    ['unknown', ['Unknown visitor']],
    ['%', []],
  ])('searches for %s', async (q, names) => {
    const found = await search({ q });
    expect(namesOf(found)).toEqual(names);
    expect(found.meta).toMatchObject({ count: names.length, has_more: false, next_cursor: null });
  });

  it('shows when a search has more pages', async () => {
    const first = await search({ q: 'many', sort: 'name' });
    expect(first.meta).toMatchObject({ count: 15, current_page: 1, has_more: true });
    const second = await search({ q: 'many', sort: 'name', page: '2' });
    expect(second.meta).toMatchObject({ count: 1, current_page: '2', has_more: false });
  });

  it('refuses a search without words', async () => {
    for (const q of ['', '  ', undefined])
      expect(
        await own.as.agent.raw(api.agentSearchContacts, { account_id, ...(q !== undefined && { q }) }),
      ).toMatchObject({ status: 422, body: { attributes: ['q'] } });
  });

  it.each([
    [one('phone_number', 'equal_to', '447700900123'), ['adam']],
    [one('phone_number', 'starts_with', '+4477'), ['adam']],
    [one('name', 'equal_to', 'ADAM', 'zoë'), ['adam', 'Zoë']],
    [one('identifier', 'is_present'), ['Zoë']],
    [one('city', 'equal_to', 'leeds'), ['Zoë']],
    [one('company_name', 'contains', 'cm'), ['Zoë']],
    [one('country_code', 'equal_to', 'de', 'GB'), ['adam', 'Zoë']],
    [one('blocked', 'equal_to', true), ['Zoë']],
    [one('created_at', 'is_greater_than', '2026-03-01T09:30:00Z'), ['adam', 'Zoë']],
    [one('last_activity_at', 'is_not_present'), ['adam', 'Zoë']],
    [one('labels', 'is_present'), []],
  ])('filters by %o', async (condition, names) => {
    const found = await filter([condition]);
    expect(namesOf(found).sort((a, b) => a.localeCompare(b))).toEqual(names);
    expect(found.meta.count).toBe(names.length);
  });

  it('filters by custom attributes, compared by their type', async () => {
    const define = (attribute_key: string, attribute_display_type: AttributeDisplayType) => ({
      account_id,
      attribute_model: 'contact_attribute' as const,
      attribute_key,
      attribute_display_name: attribute_key,
      attribute_display_type,
      attribute_values: '[]',
      created_at: start,
      updated_at: start,
    });
    await server.app.db.write(async (tx) => {
      const rows = [define('seats', 'number'), define('plan', 'list'), define('vip', 'checkbox')];
      const ids = await tx.nextIds('custom_attribute_definitions', 4);
      await tx.insertMany(
        'custom_attribute_definitions',
        [...rows, define('since', 'date')].map((row, index) => ({ id: ids[index] as number, ...row })),
      );
    });
    const and = (condition: object) => ({ ...condition, query_operator: 'AND' });
    const found = await filter(
      [
        and(one('seats', 'is_greater_than', '11')),
        and(one('plan', 'equal_to', 'Gold')),
        and(one('vip', 'equal_to', 'true')),
        one('since', 'days_before', 30),
      ],
      { page: 1 },
    );
    expect(namesOf(found)).toEqual(['Zoë']);
    expect(found.meta).toEqual({ count: 1, current_page: '1', next_cursor: null });
  });

  it('lists all identified contacts for a filter without conditions', async () => {
    expect((await filter([])).meta.count).toBe(18);
  });

  it.each([
    ['attribute', one('password', 'equal_to', 'x')],
    ['operator', one('name', 'resembles', 'x')],
    ['value', one('created_at', 'is_less_than', 'soon')],
    ['join', { ...one('name', 'equal_to', 'x'), query_operator: 'XOR' }],
  ])('refuses a filter with a bad %s', async (_what, condition) => {
    const answer = await own.as.agent.raw(api.agentFilterContacts, { account_id, payload: [condition] });
    expect(answer).toEqual({ status: 422, body: { error: expect.any(String) } });
  });

  it('counts the stored contacts, also while others are written and counters are added up', async () => {
    const random = createRandom(5);
    const { app } = server;
    const made: number[] = [];
    const someone = () => made[random(made.length)];
    const change = (columns: object) => {
      const id = someone();
      return id === undefined
        ? undefined
        : app.db.run(app.db.q.updateTable('contacts').set(columns).where('id', '=', id));
    };
    const changes = [
      async (key: string) =>
        app.db.write(async (tx) => {
          const row = await insertContact(app, tx, {
            account_id,
            name: key,
            ...(random(2) && { email: `${key}@mail.test` }),
          });
          made.push(row.id);
        }),
      (key: string) => change({ email: random(2) ? `${key}@mail.test` : null }),
      (key: string) => change({ identifier: random(2) ? key : null }),
      () => {
        const id = made.pop();
        return id === undefined
          ? undefined
          : app.db.run(app.db.q.deleteFrom('contacts').where('id', '=', id));
      },
      () => addUpContactCounts(app.db),
    ];
    for (let round = 0; round < 6; round++) {
      await Promise.all(
        Array.from({ length: 120 }, (_, index) =>
          changes[random(changes.length)]?.(`counted-${round}-${index}`),
        ),
      );
      expect((await list()).meta.count).toBe((await filter([])).meta.count);
    }
  });
});
