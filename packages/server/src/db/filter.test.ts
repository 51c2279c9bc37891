/** Conditions of filters, on rows of every database. */

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshConfig } from '../../test/server.ts';
import { toLabelTitle } from '../labels/label-titles.ts';
import { openApp } from '../main.ts';
import { clockOf } from '../time.ts';
import type { Db } from './db.ts';
import { type Condition, type FilterColumn, filterBy, jsonFilterColumn } from './filter.ts';
import { foldedColumn } from './folded-texts.ts';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 24 * 60 * 60 * 1000;

const people = [
  {
    name: 'Ada',
    email: 'ada@Example.test',
    blocked: 1,
    created_at: now - 10 * day,
    custom: { plan: 'Gold', seats: 12.5, vip: true, since: '2026-03-01T00:00:00.000Z' },
    labels: ['vip', 'über'],
  },
  {
    name: 'Bo',
    email: null,
    blocked: 0,
    created_at: now,
    custom: { plan: 'basic', seats: '3', vip: false, since: '2025-01-31' },
    labels: ['refund'],
  },
  { name: '100%', email: '', blocked: 0, created_at: now - 3 * day, custom: { seats: 'many' }, labels: [] },
];

describe.each(engines)('filterBy on %s', (engine) => {
  let db: Db;
  let release: () => Promise<void>;

  beforeAll(async () => {
    const { config, release: discard } = await freshConfig(engine);
    const app = await openApp(config);
    db = app.db;
    release = async () => {
      await app.close();
      await discard();
    };
    await db.write(async (tx) => {
      const times = { created_at: now, updated_at: now };
      await tx.insertMany('accounts', [
        {
          id: 1,
          name: 'One',
          locale: 'en',
          status: 'active',
          settings: '{}',
          custom_attributes: '{}',
          last_display_id: 0,
          ...times,
        },
      ]);
      await tx.insertMany(
        'contacts',
        people.map(({ custom, labels, ...person }, index) => ({
          id: index + 1,
          account_id: 1,
          middle_name: '',
          last_name: '',
          contact_type: 'visitor',
          additional_attributes: JSON.stringify(labels),
          custom_attributes: JSON.stringify(custom),
          updated_at: now,
          ...person,
        })),
      );
    });
  });
  afterAll(() => release());

  const columnOf = (key: string): FilterColumn | undefined => {
    const custom = (kind: 'text' | 'number' | 'boolean' | 'day') =>
      jsonFilterColumn(db, { column: 'custom_attributes', key, kind });
    const columns: Record<string, FilterColumn> = {
      name: { kind: 'text', expression: foldedColumn(db, 'name') },
      email: {
        kind: 'text',
        expression: foldedColumn(db, 'email'),
        read: (text) => text.replace(/^mailto:/, ''),
      },
      id: { kind: 'number', expression: sql.ref('id') },
      blocked: { kind: 'boolean', expression: sql.ref('blocked') },
      created_at: { kind: 'date', expression: sql.ref('created_at') },
      labels: { kind: 'list', expression: sql.ref('additional_attributes'), read: toLabelTitle },
      plan: custom('text'),
      seats: custom('number'),
      vip: custom('boolean'),
      since: custom('day'),
    };
    return Object.hasOwn(columns, key) ? columns[key] : undefined;
  };

  const found = (...conditions: Condition[]) => foundIn('UTC', ...conditions);
  const foundIn = async (zone: string, ...conditions: Condition[]) => {
    const { where } = filterBy(db, conditions, { columnOf, now, clock: clockOf(zone) });
    const rows = await db.all(db.q.selectFrom('contacts').select('name').where(where).orderBy('id'));
    return rows.map(({ name }) => name);
  };
  const one = (attribute_key: string, filter_operator: string, ...values: unknown[]): Condition => ({
    attribute_key,
    filter_operator,
    values,
  });

  it('finds all rows without conditions', async () => {
    expect(await found()).toEqual(['Ada', 'Bo', '100%']);
  });

  it.each([
    ['text', one('name', 'equal_to', 'ADA', 'nobody'), ['Ada']],
    ['text', one('name', 'not_equal_to', 'ada', 'bo'), ['100%']],
    ['text without a value', one('email', 'not_equal_to', 'ada@example.test'), ['Bo', '100%']],
    ['text as it is stored', one('email', 'equal_to', 'mailto:ada@example.test'), ['Ada']],
    ['a part of a text', one('name', 'contains', 'D', 'b'), ['Ada', 'Bo']],
    ['signs taken literally', one('name', 'contains', '%'), ['100%']],
    ['a text without a part', one('email', 'does_not_contain', 'ada'), ['Bo', '100%']],
    ['the beginning of a text', one('name', 'starts_with', 'a'), ['Ada']],
    ['blank text as absent', one('email', 'is_present'), ['Ada']],
    ['blank text as absent', one('email', 'is_not_present'), ['Bo', '100%']],
    ['numbers', one('id', 'equal_to', '1', 3), ['Ada', '100%']],
    ['numbers', one('id', 'not_equal_to', 1), ['Bo', '100%']],
    ['numbers', one('id', 'is_greater_than', 1.5), ['Bo', '100%']],
    ['digits', one('id', 'contains', 2), ['Bo']],
    ['booleans', one('blocked', 'equal_to', 'true'), ['Ada']],
    ['booleans', one('blocked', 'not_equal_to', true), ['Bo', '100%']],
    ['days', one('created_at', 'is_greater_than', '2026-03-07'), ['Bo']],
    ['days', one('created_at', 'is_less_than', '2026-03-07'), ['Ada']],
    ['days', one('created_at', 'equal_to', '2026-03-07'), ['100%']],
    ['moments', one('created_at', 'is_greater_than', '2026-03-07T14:59'), ['Bo', '100%']],
    ['moments', one('created_at', 'is_less_than', '2026-03-10T15:00:00Z'), ['Ada', '100%']],
    ['unix seconds', one('created_at', 'is_less_than', now / 1000), ['Ada', '100%']],
    ['days ago', one('created_at', 'days_before', 3), ['Ada']],
    ['the same day', one('created_at', 'equal_to', '2026-03-10'), ['Bo']],
    ['an item of a list', one('labels', 'equal_to', 'VIP', 'none'), ['Ada']],
    ['an item of a list', one('labels', 'not_equal_to', 'vip'), ['Bo', '100%']],
    ['an item beyond ASCII', one('labels', 'equal_to', 'Über'), ['Ada']],
    ['an empty list', one('labels', 'is_not_present'), ['100%']],
    ['text in JSON', one('plan', 'equal_to', 'gold'), ['Ada']],
    ['text in JSON', one('plan', 'not_equal_to', 'gold'), ['Bo', '100%']],
    ['numbers in JSON', one('seats', 'is_greater_than', 2), ['Ada', 'Bo']],
    ['numbers in JSON', one('seats', 'equal_to', 12.5), ['Ada']],
    ['what is no number in JSON as absent', one('seats', 'is_not_present'), ['100%']],
    ['booleans in JSON', one('vip', 'equal_to', false), ['Bo']],
    ['days in JSON', one('since', 'is_less_than', '2026-03-01'), ['Bo']],
    ['days in JSON', one('since', 'equal_to', '2026-03-01'), ['Ada']],
    ['days ago in JSON', one('since', 'days_before', 30), ['Bo']],
  ])('compares %s: %o', async (_what, condition, names) => {
    expect(await found(condition)).toEqual(names);
  });

  describe('days of a time zone', () => {
    const hour = day / 24;
    /** Hours around changes of clocks in March, April, September and October. */
    const hours = ['2026-03-28', '2026-04-04', '2026-09-05', '2026-10-24', '2026-10-29'].flatMap((date) =>
      Array.from({ length: 72 }, (_, index) => Date.parse(`${date}T00:30Z`) + index * hour),
    );
    const columns = { columnOf: (): FilterColumn => ({ kind: 'date', expression: sql.ref('time') }), now };
    const foundHours = async (zone: string, condition: Condition) => {
      const { where } = filterBy(db, [condition], { ...columns, clock: clockOf(zone) });
      const rows = hours.map((time) => sql`(cast(${time} as bigint))`);
      const values = sql<{ time: number }>`with hours (time) as (values ${sql.join(rows)})
        select time from hours where ${where} order by time`;
      return (await db.all(values)).map(({ time }) => Number(time));
    };

    it.each(['Europe/Berlin', 'America/Santiago', 'Asia/Gaza', 'Australia/Lord_Howe', 'Pacific/Kiritimati'])(
      'are those of the calendar in %s, over changes of the clock',
      async (zone) => {
        const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
        const dates = new Map(hours.map((time) => [time, format.format(time)]));
        for (const date of new Set(dates.values())) {
          const those = (meets: (other: string) => boolean) =>
            hours.filter((time) => meets(dates.get(time) as string));
          const ask = (operator: string) => foundHours(zone, one('time', operator, date));
          expect(await ask('equal_to')).toEqual(those((other) => other === date));
          expect(await ask('is_greater_than')).toEqual(those((other) => other > date));
          expect(await ask('is_less_than')).toEqual(those((other) => other < date));
        }
      },
    );

    it('define today, and the time of a text without zone', async () => {
      // It is the 11th there already.
      const zone = 'Pacific/Auckland';
      expect(await foundIn(zone, one('created_at', 'equal_to', '2026-03-11'))).toEqual(['Bo']);
      expect(await foundIn(zone, one('created_at', 'days_before', 3))).toEqual(['Ada']);
      expect(await foundIn(zone, one('created_at', 'days_before', 2))).toEqual(['Ada', '100%']);
      expect(await found(one('created_at', 'days_before', 2))).toEqual(['Ada', '100%']);
      expect(await foundIn(zone, one('created_at', 'is_less_than', '2026-03-11T04:00'))).toEqual([
        'Ada',
        '100%',
      ]);
      expect(await foundIn(zone, one('created_at', 'is_less_than', '2026-03-11T04:01'))).toHaveLength(3);
      expect(await foundIn(zone, one('since', 'equal_to', '2026-03-01'))).toEqual(['Ada']);
      expect(await foundIn(zone, one('since', 'equal_to', '2026-02-28T20:00Z'))).toEqual(['Ada']);
    });
  });

  it('gives AND precedence over OR, and joins with AND by default', async () => {
    const or = { ...one('name', 'equal_to', 'bo'), query_operator: 'or' };
    const and = { ...one('name', 'equal_to', 'ada'), query_operator: 'nil' };
    expect(await found(or, and, one('blocked', 'equal_to', false))).toEqual(['Bo']);
    expect(await found(or, and, { ...one('blocked', 'equal_to', true), query_operator: 'OR' })).toEqual([
      'Ada',
      'Bo',
    ]);
  });

  it.each([
    ['an unknown attribute', one('toString', 'equal_to', 1)],
    ['an unknown operator', one('name', 'constructor', 'x')],
    ['an operator of another kind', one('blocked', 'is_greater_than', 1)],
    ['no value', one('name', 'equal_to')],
    ['blank values only', one('name', 'contains', '', null)],
    ['nothing but marks', one('name', 'contains', '\u0301\u200d ')],
    ['text for a number', one('id', 'equal_to', '1; drop')],
    ['text for a date', one('created_at', 'is_less_than', 'soon')],
    ['a day that does not exist', one('created_at', 'is_less_than', '2026-13-41')],
    ['a day that its month does not have', one('created_at', 'is_less_than', '2026-02-30')],
    ['an object', one('name', 'equal_to', { a: 1 })],
    ['too long ago', one('created_at', 'days_before', 1e9)],
    ['too many values', one('id', 'equal_to', ...Array.from({ length: 201 }, (_, index) => index))],
    ['an unknown join', { ...one('id', 'equal_to', 1), query_operator: 'XOR' }],
  ])('refuses %s', async (_what, condition) => {
    await expect(found(condition as Condition)).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('handles the maximum of conditions, and refuses more', async () => {
    const values = Array.from({ length: 3 }, (_, index) => `x${index}`);
    const many = Array.from({ length: 100 }, () => one('name', 'contains', ...values));
    expect(await found(...many)).toEqual([]);
    const oneMore = [...many.slice(1), one('name', 'contains', ...values, 'y')];
    await expect(found(...oneMore)).rejects.toMatchObject({ code: 'unprocessable' });
    const few = Array.from({ length: 101 }, () => one('id', 'equal_to', 1));
    await expect(found(...few)).rejects.toMatchObject({ code: 'unprocessable' });
  });
});
