/** Texts as people spell them, filtered, sorted and searched: both databases answer as the one fold does. */

import { agentApi } from '@hoory/contract';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAccount } from '../src/accounts/store.ts';
import type { AgentCaller } from '../src/caller.ts';
import { listCannedResponses } from '../src/canned-responses/canned-responses.ts';
import { listContactRows } from '../src/contacts/agent-store.ts';
import { toContactFilter } from '../src/contacts/filter.ts';
import { insertContact } from '../src/contacts/store.ts';
import { foldOlderContacts } from '../src/contacts/store-folding.ts';
import { foldOlderConversations, sendUpdate } from '../src/conversations/record/store.ts';
import type { ConversationRow } from '../src/db/tables.ts';
import { fold } from '../src/fold.ts';
import { type AccountFixture, call, createAccount } from './fixtures/account.ts';
import { createConversation } from './fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from './server.ts';

/** Turkish i, ß, sigma, full width, normal forms, Arabic marks, spaces, ligatures, scripts without case. */
const units = [
  ...[
    'i',
    'I',
    'İ',
    'ı',
    'i\u0307',
    's',
    'S',
    'ß',
    'ẞ',
    'ss',
    'σ',
    'ς',
    'Σ',
    'ά',
    'Ά',
    'é',
    'É',
    'e\u0301',
    'E\u0301',
  ],
  ...[
    'Ａ',
    'ａ',
    '１',
    '٣',
    'ﬁ',
    'fi',
    'Æ',
    'ae',
    'ø',
    'Ø',
    'Ё',
    'е',
    'Й',
    'محمد',
    'مُحَمَّـد',
    'أ',
    'ا',
    'ى',
    'ي',
    '\u064e',
  ],
  ...[
    'か\u3099',
    'が',
    'ｶﾞ',
    'ガ',
    '漢',
    '한',
    '👍',
    ' ',
    '\u00a0',
    '\u200d',
    '%',
    '_',
    '\\',
    "'",
    '’',
    '"',
    '-',
    '–',
    'K',
    '\u212a',
  ],
] as const;
const text = fc
  .array(fc.constantFrom(...units), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));
const texts = fc.sample(text, { numRuns: 300, seed: 7 });
const questions = fc.sample(text, { numRuns: 60, seed: 8 }).filter((question) => fold(question));

const operators: Record<string, (stored: string, asked: string) => boolean> = {
  equal_to: (stored, asked) => stored === asked,
  contains: (stored, asked) => stored.includes(asked),
  starts_with: (stored, asked) => stored.startsWith(asked),
  does_not_contain: (stored, asked) => !stored.includes(asked),
};

describe.each(engines)('texts on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    const { app } = server;
    const account_id = fixture.account_id;
    await app.db.write(async (tx) => {
      for (const [index, one] of texts.entries())
        await insertContact(app, tx, {
          account_id,
          name: one,
          email: `${index}@shop.test`,
          identifier: `${one} ${index}`,
          additional_attributes: JSON.stringify({ city: one, company_name: one }),
          custom_attributes: JSON.stringify({ plan: one }),
        });
    });
    await manage('agentCreateCustomAttribute', {
      attribute_key: 'plan',
      attribute_display_name: 'Plan',
      attribute_display_type: 0,
      attribute_model: 1,
    });
    await manage('agentCreateCustomAttribute', {
      attribute_key: 'plan',
      attribute_display_name: 'Plan',
      attribute_display_type: 0,
      attribute_model: 0,
    });
  });
  afterAll(() => server.stop());

  const manage = async <Body = Record<string, unknown>>(name: keyof typeof agentApi, body: unknown) => {
    const answer = await call<Body>(server, agentApi[name], {
      as: fixture.administrator,
      params: { account_id: fixture.account_id },
      body,
    });
    expect([name, answer.status, answer.body]).toEqual([name, 200, answer.body]);
    return answer.body;
  };

  /** Places in `texts` of the contacts that meet a condition. */
  async function found(attribute_key: string, filter_operator: string, asked: string): Promise<number[]> {
    const { app } = server;
    const condition = { attribute_key, filter_operator, values: [asked] };
    const { where } = await toContactFilter(app, await getAccount(app.db, fixture.account_id), [condition]);
    const { q, all } = app.db;
    const rows = await all(
      q
        .selectFrom('contacts')
        .select('id')
        .where('account_id', '=', fixture.account_id)
        .where(where)
        .orderBy('id'),
    );
    const [first] = await all(
      q
        .selectFrom('contacts')
        .select('id')
        .where('account_id', '=', fixture.account_id)
        .orderBy('id')
        .limit(1),
    );
    return rows.map(({ id }) => id - (first?.id ?? 0));
  }

  const expected = (operator: string, asked: string, storedOf = (place: number) => texts[place] as string) =>
    texts.flatMap((_, place) => (operators[operator]?.(fold(storedOf(place)), fold(asked)) ? [place] : []));

  it.each(['name', 'city', 'company_name', 'plan'])(
    'are filtered by %s as they fold',
    async (key) => {
      for (const asked of questions)
        for (const operator of Object.keys(operators))
          expect([asked, operator, await found(key, operator, asked)]).toEqual([
            asked,
            operator,
            expected(operator, asked),
          ]);
    },
    60_000,
  );

  it('are filtered by identifier as they fold', async () => {
    for (const asked of questions)
      for (const operator of ['contains', 'starts_with', 'does_not_contain'])
        expect([asked, operator, await found('identifier', operator, asked)]).toEqual([
          asked,
          operator,
          expected(operator, asked, (place) => `${texts[place]} ${place}`),
        ]);
    expect(await found('email', 'equal_to', '７＠ＳＨＯＰ.test')).toEqual([7]);
  }, 60_000);

  it.each(['name', 'city', 'company'])('are sorted by %s as they fold, by bytes', async (word) => {
    const { app } = server;
    const bytes = (one: string) => Buffer.from(fold(one));
    for (const sort of [word, `-${word}`]) {
      const seen: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await listContactRows(app.db, fixture.account_id, {
          list: 'contacts',
          test: sql<boolean>`1 = 1`,
          sort,
          cursor,
        });
        seen.push(...page.rows.map(({ email }) => Number(email?.split('@')[0])));
        if (page.next_cursor === null) break;
        cursor = page.next_cursor;
      }
      const sign = sort === word ? 1 : -1;
      const isBlank = (place: number) => Number(!fold(texts[place] as string));
      const sorted = [...texts.keys()].sort(
        (a, b) =>
          isBlank(a) - isBlank(b) ||
          sign * (Buffer.compare(bytes(texts[a] as string), bytes(texts[b] as string)) || a - b),
      );
      expect(seen).toEqual(sorted);
    }
  });

  it('that an older version stored are folded in the background, and found without regard to ASCII case before', async () => {
    const { app } = server;
    await app.db.write(async (tx) => {
      await tx.run(
        sql`update contacts set folded_texts = null, city_key = null, company_key = null, custom_attributes = '{"plan":"OLD Straße"}'
          where account_id = ${fixture.account_id} and email = '3@shop.test'`,
      );
    });
    expect(await found('plan', 'contains', 'old stra')).toEqual([3]);
    for (let isLeft = true; isLeft; ) isLeft = await foldOlderContacts(app);
    expect(await found('plan', 'equal_to', 'OLD STRASSE')).toEqual([3]);
    expect(await found('city', 'equal_to', texts[3] as string)).toContain(3);
  });

  it('of conversations are filtered as they fold, changed and old ones too', async () => {
    const { app } = server;
    const { id } = await createConversation(server, fixture);
    const change = (custom_attributes: string) =>
      app.db.write(async (tx) => {
        const row = (await tx.get(
          tx.q
            .selectFrom('conversations')
            .selectAll()
            .where('account_id', '=', fixture.account_id)
            .where('display_id', '=', id),
        )) as ConversationRow;
        return sendUpdate(tx, row, { custom_attributes });
      });
    const meets = async (value: string) => {
      const { payload } = await manage<{ payload: { id: number }[] }>('agentFilterConversations', {
        payload: [{ attribute_key: 'plan', filter_operator: 'contains', values: [value] }],
      });
      return payload.some((conversation) => conversation.id === id);
    };
    for (const one of texts.slice(0, 40).filter((one) => fold(one))) {
      await change(JSON.stringify({ plan: one }));
      expect([one, await meets(one.normalize('NFD')), await meets(fold(one).toUpperCase())]).toEqual([
        one,
        true,
        true,
      ]);
    }
    await change('{"plan":"ÉTÉ"}');
    await app.db.write((tx) => tx.run(sql`update conversations set folded_texts = null`));
    for (let isLeft = true; isLeft; ) isLeft = await foldOlderConversations(app);
    expect(await meets('ete')).toBe(true);
  });

  it('of canned responses are searched and sorted as they fold', async () => {
    const { app } = server;
    const codes = [...new Set(texts.map((one) => one.replace(/\s+/gu, '')))].filter(Boolean).slice(0, 60);
    await app.db.write(async (tx) => {
      const ids = await tx.nextIds('canned_responses', codes.length);
      const times = { created_at: 1, updated_at: 1 };
      await tx.insertMany(
        'canned_responses',
        codes.map((short_code, index) => ({
          id: ids[index] as number,
          account_id: fixture.account_id,
          short_code,
          content: `Text of ${short_code}`,
          ...times,
        })),
      );
    });
    const caller = { account: { id: fixture.account_id } } as AgentCaller;
    const listed = async (search?: string) =>
      (await listCannedResponses(app, caller, { search })).map(({ short_code }) => short_code);
    const keys = (await listed()).map(fold);
    expect(keys).toEqual([...keys].sort());
    for (const asked of questions)
      expect([asked, (await listed(asked)).sort()]).toEqual([
        asked,
        codes
          .filter((code) => [code, `Text of ${code}`].some((one) => fold(one).includes(fold(asked))))
          .sort(),
      ]);
  });
});
