import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type Fresh, freshConfig } from '../../../test/server.ts';
import { seedMany } from '../../bench/many.ts';
import { openApp } from '../../main.ts';
import type { MessageRow } from '../tables.ts';
import { matches, toSearchableText } from './grams.ts';
import { blockSize } from './posting-list.ts';
import { parseSearchQuery, searchIds, searchRows } from './search.ts';
import { openSearchIndex } from './search-index.ts';

/** What is stored, what finds it, and what does not. */
const cases: readonly [text: string, finds: readonly string[], misses?: readonly string[]][] = [
  ['Où est ma crème brûlée ?', ['CREME', 'brulee', 'rème', 'ou est'], ['creme brulees']],
  ['Die Straße ist groß', ['strasse', 'STRAßE', 'gross', 'aße'], ['strase']],
  ['Kapı ışığı İZMİR', ['kapi', 'ışı', 'izmir', 'ISIGI']],
  ['Ὁ Ὀδυσσεύς γύρισε', ['οδυσσευς', 'ΟΔΥΣΣΕΎΣ', 'δυσσεύ', 'γυρισε']],
  ['Пришёл мой заказ', ['пришел', 'ПРИШЁЛ', 'ишёл', 'каз'], ['приход']],
  ['我的订单在哪里', ['订单', '订', '在哪里', '里', '我的订单'], ['订货', '货']],
  ['注文はどこですか', ['注文', 'どこ', 'ですか', 'か'], ['文注']],
  ['ｶﾞｿﾘﾝを下さい', ['ガソリン', 'ソリ', 'リン'], ['カソリン']],
  ['สินค้าของฉันอยู่ที่ไหน', ['ของฉัน', 'สินค้า', 'ที่ไหน', 'ฉัน']],
  ['السَّلَامُ عَلَيْكُمْ يا أحمـــد', ['السلام', 'عليكم', 'احمد', 'لام']],
  ['שָׁלוֹם עֲלֵיכֶם', ['שלום', 'עליכם', 'ליכ']],
  ['주문은 어디에 있나요', ['주문', '어디', '있나요', '문']],
  ['शिक्षा का मूल्य', ['शिक्षा', 'मूल्य']],
  ['Great 👍🏽 thanks 👨‍👩‍👧', ['👍', '👍🏽', '👨‍👩‍👧', 'great thanks'], ['👎']],
  ['Call 0151 / 234 567-89 please', ['23456789', '0151 234 56789', '56789', '67-89', '234567'], ['98765']],
  ['Ring (030) 90 18 20', ['901820', '30901820', '030/901820', '18 20']],
  ['Write to mina.ost@mail.example', ['mina.ost@mail.example', 'ost@mai', 'mail.ex', '@mail', 'na.o']],
  [
    'See ORD-2026/00417_b or SKU#77',
    ['ord-2026', '2026/00417', '00417_b', 'sku#77', '417', '77'],
    ['ord-2027'],
  ],
  ['Don’t – “quote” me', ["don't", 'don’t', 'quote', '"quote"']],
  ['Ｆｕｌｌ　ｗｉｄｔｈ ①', ['full width', 'FULL', 'idth', '1']],
  ['100% a_b c\\d', ['100%', 'a_b', 'c\\d'], ['a%b', 'acb']],
];

describe.each(engines)('the search on %s', (engine) => {
  let fresh: Fresh;
  let app: Awaited<ReturnType<typeof openApp>>;
  let account_id: number;
  let model: MessageRow;

  beforeAll(async () => {
    fresh = await freshConfig(engine);
    app = await openApp(fresh.config);
    ({ account_id } = await seedMany(app, { conversations: 1, messagesEach: 1, longest: 0 }, () => {}));
    model = (await app.db.get(app.db.q.selectFrom('messages').selectAll())) as MessageRow;
  });
  afterAll(async () => {
    await app.close();
    await fresh.release();
  });

  const store = (rows: readonly (Partial<MessageRow> & { id: number })[]) =>
    app.db.write((tx) =>
      tx.insertMany(
        'messages',
        rows.map((row) => ({ ...model, ...row })),
      ),
    );
  const change = (id: number, columns: Partial<MessageRow>) =>
    app.db.run(app.db.q.updateTable('messages').set(columns).where('id', '=', id));
  const remove = (id: number) => app.db.run(app.db.q.deleteFrom('messages').where('id', '=', id));
  const index = async () => {
    const one = openSearchIndex(app.db, { now: () => Date.now() + 1000, settleMs: 0, changeDelayMs: 0 });
    while (await one.indexNextBlock());
  };
  const find = (q: string, more: { limit?: number; before?: number; inboxes?: number[] } = {}) =>
    searchIds(app.db, 'messages', { account_id, query: parseSearchQuery(q), limit: 1000, ...more });
  const gramsIn = (block: number) =>
    app.db.all(
      sql<{ gram: string; places: string }>`select gram, places from search_grams
        where noun = 1 and block = ${block} order by gram, places`,
    );
  /** The first id of a block that no test has used. */
  let nextBlock = 1;
  const freshBlock = () => nextBlock++ * blockSize;
  /** With a row behind it, and enough others beside the row, a block is complete and has lists of grams. */
  const complete = async (first: number) => {
    const others = Array.from({ length: 40 }, (_, place) => ({
      id: first + 4000 + place,
      content: `zzz ${place}`,
    }));
    await store([...others, { id: first + blockSize, content: 'zzz' }]);
    nextBlock++;
    await index();
    expect((await gramsIn(first / blockSize)).length).toBeGreaterThan(10);
  };

  it.each(['before', 'after'])('finds parts of words in every script %s they are indexed', async (when) => {
    const first = freshBlock();
    await store(cases.map(([content], place) => ({ id: first + place, content })));
    if (when === 'after') await complete(first);
    else nextBlock++;
    for (const [place, [, finds, misses = []]] of cases.entries()) {
      for (const q of finds) expect([q, await find(q)]).toEqual([q, expect.arrayContaining([first + place])]);
      for (const q of misses)
        expect([q, await find(q)]).not.toEqual([q, expect.arrayContaining([first + place])]);
    }
  });

  it('does not index a new block again that another process has indexed', async () => {
    const other = openSearchIndex(app.db, { now: Date.now, settleMs: 0, changeDelayMs: 0 });
    while (await other.indexNextBlock());
    await complete(freshBlock());
    const claims = () =>
      app.db.all(sql`select noun, block, claimed_at from search_blocks order by noun, block`);
    const before = await claims();
    while (await other.indexNextBlock());
    expect(await claims()).toEqual(before);
  });

  it('stops after the texts that it may read, and finds the rest behind them', async () => {
    const first = freshBlock();
    const contents = Array.from({ length: 700 }, (_, place) => `kumquat ${place % 3 ? 'ababcabc' : 'abcab'}`);
    await store(contents.map((content, place) => ({ id: first + place, content })));
    for (const when of ['before', 'after']) {
      if (when === 'after') await complete(first);
      for (const q of ['kumquat', 'ababcabc', 'abcabcab', 'bcab kumq']) {
        const query = parseSearchQuery(q);
        const found: number[] = [];
        let before: number | undefined;
        let reads = 0;
        do {
          const part = await searchRows(app.db, 'messages', {
            account_id,
            query,
            limit: 1000,
            maxTexts: 150,
            before,
          });
          found.push(...part.ids);
          before = part.before;
          reads++;
        } while (before !== undefined);
        expect([q, when, found]).toEqual([q, when, await find(q)]);
        if (q === 'kumquat') expect(reads).toBeGreaterThan(2);
      }
    }
  });

  it('finds every message by any three letters of it and by no others', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 3, maxLength: 40 });
    const texts = fc.sample(text, { numRuns: 300, seed: 7 });
    const first = freshBlock();
    await store(texts.map((content, place) => ({ id: first + place, content })));
    await complete(first);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(texts.length - 1),
        fc.nat(40),
        fc.integer({ min: 3, max: 6 }),
        async (place, at, size) => {
          const graphemes = [...new Intl.Segmenter().segment(texts[place] as string)].map(
            ({ segment }) => segment,
          );
          const start = Math.min(at, graphemes.length - 3);
          const query = parseSearchQuery(graphemes.slice(start, start + size).join(''));
          const ids = await searchIds(app.db, 'messages', { account_id, query, limit: 5000 });
          const right = texts.flatMap((one, index) =>
            matches(toSearchableText(one), query) ? [first + index] : [],
          );
          if (query.length) expect(right).toContain(first + place);
          const own = ids.filter((id) => id >= first && id < first + texts.length);
          expect(own.reverse()).toEqual(query.length ? right : []);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('returns the newest first, from before an id, across blocks', async () => {
    const first = freshBlock();
    await store([3, 1, 2].map((place) => ({ id: first + place, content: `walrus ${place}` })));
    await complete(first);
    await store([{ id: first + blockSize + 9, content: 'a Walrus' }]);
    const ids = [first + blockSize + 9, first + 3, first + 2, first + 1];
    expect(await find('walrus')).toEqual(ids);
    expect(await find('alru', { limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await find('walrus', { before: first + 3 })).toEqual(ids.slice(2));
  });

  it('is limited to the account, the inboxes and messages of people', async () => {
    const first = freshBlock();
    const { inbox_id } = model;
    await store([
      { id: first + 1, content: 'narwhal', inbox_id: inbox_id + 1 },
      { id: first + 2, content: 'narwhal', account_id: account_id + 1 },
      { id: first + 3, content: 'narwhal', message_type: 2 },
      { id: first + 4, content: 'narwhal', content_attributes: '{"deleted":true}' },
      { id: first + 5, content: 'narwhal' },
    ]);
    for (const indexed of [false, true]) {
      if (indexed) await complete(first);
      expect(await find('narwhal')).toEqual([first + 5, first + 1]);
      expect(await find('narwhal', { inboxes: [inbox_id] })).toEqual([first + 5]);
      expect(await find('nar', { inboxes: [inbox_id + 1, inbox_id + 2] })).toEqual([first + 1]);
      expect(await find('narwhal', { inboxes: [] })).toEqual([]);
    }
  });

  it('finds the new text of rows that changed after they were indexed, and not the old one', async () => {
    const first = freshBlock();
    await store([1, 2, 3].map((place) => ({ id: first + place, content: `pangolin ${place}` })));
    await complete(first);
    await change(first + 1, { content: 'aardvark' });
    await change(first + 2, { content_attributes: '{"deleted":true}' });
    await remove(first + 3);
    for (let indexed = 0; indexed < 2; indexed++) {
      expect(await find('aardv')).toEqual([first + 1]);
      expect(await find('pangolin')).toEqual([]);
      if (!indexed) await index();
    }
    const grams = (await gramsIn(first / blockSize)).map(({ gram }) => gram);
    expect(grams).toContain('aar');
    expect(grams).not.toContain('pan');
  });

  it('finds long texts and those of an account with few rows', async () => {
    const first = freshBlock();
    const long = `${'lorem ipsum '.repeat(3000)}quetzal`;
    await store([
      { id: first + 1, content: long },
      { id: first + 2, content: 'ibex', account_id: account_id + 7 },
    ]);
    await complete(first);
    expect(await find('quetzal')).toEqual([first + 1]);
    const other = { account_id: account_id + 7, query: parseSearchQuery('ibex'), limit: 10 };
    expect(await searchIds(app.db, 'messages', other)).toEqual([first + 2]);
  });

  it('indexes each block once among processes, and takes over one that was left incomplete', async () => {
    const first = freshBlock();
    await store([{ id: first + 1, content: 'capybara' }]);
    await complete(first);
    const whole = await gramsIn(first / blockSize);
    await app.db.run(
      sql`update search_blocks set ready = 0, claimed_at = 1 where noun = 1 and block = ${first / blockSize}`,
    );
    await app.db.run(
      sql`delete from search_grams where noun = 1 and block = ${first / blockSize} and gram < 'm'`,
    );
    expect(await find('capybara')).toEqual([first + 1]);
    await index();
    expect(await gramsIn(first / blockSize)).toEqual(whole);
  });

  it('waits until no more rows of a block can appear', async () => {
    const first = freshBlock();
    await store([
      { id: first + 1, content: 'dugong' },
      { id: first + blockSize, content: 'dugong' },
    ]);
    nextBlock++;
    const patient = openSearchIndex(app.db, { now: Date.now, settleMs: 3_600_000 });
    expect(await patient.indexNextBlock()).toBe(false);
    expect(await gramsIn(first / blockSize)).toEqual([]);
    expect(await find('dugong')).toHaveLength(2);
  });
});
