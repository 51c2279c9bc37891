/** Random values from a seed: what a schema states, and what nobody would send on purpose. */
import type { Random } from '../../src/bench/growth/random.ts';

export interface Schema {
  type?: string | string[];
  anyOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

const words = ['Ann', 'blue', 'order 7', 'vip', 'x', '42', 'https://shop.test/a?b=c', 'ann@shop.test'];

const texts = [
  ...words,
  ' padded ',
  '+4915112345678',
  'Straße İstanbul ΌΣΟΣ',
  'ﬁ ｆｕｌｌ ①',
  'e\u0301 \u200d👩‍👩‍👧‍👦 \u202eabc',
  '日本語の文章',
  'مَرْحَبًا',
  'שָׁלוֹם',
  '1001. blue\n1005. red',
  '2*3*4 C:\\_new\\*.log &copy; __init__ # 5',
  '{{ contact.name }} {% if %}',
  '<img src=x onerror=alert(1)>',
  "'; drop table contacts; --",
  '%_%',
  'a\r\nb',
  '2024-02-30',
  '2024-03-31T02:30:00+02:00',
  '1e400',
  'null',
  'true',
  '[1,2',
  '{"a":1}',
];

/** Words that every object inherits, texts that no database keeps, numbers that no column holds. */
const odd: readonly unknown[] = [
  '',
  ' ',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'a'.repeat(300),
  '7'.repeat(200),
  'w '.repeat(60_000),
  '👍'.repeat(1000),
  0,
  -1,
  -0,
  1.5,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e308,
  5e-324,
  1_700_000_000_000,
  true,
  false,
  null,
  [],
  [[]],
  [null],
  ['constructor', 1, {}],
  {},
  { toString: 1, valueOf: 2 },
  { constructor: { prototype: { admin: true } } },
  { length: 5 },
  { '0': 'a', '1': 'b' },
  { a: { b: { c: { d: { e: 'deep' } } } } },
];

export const oddValue = (random: Random): unknown => random.pick(odd);

/** A value of the schema or, one time in eight, any other value. */
export function valueFor(schema: Schema, random: Random, levels = 4): unknown {
  if (random.chance(0.12)) return oddValue(random);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return valueFor(random.pick(schema.anyOf), random, levels);
  const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
  if (type === 'string') return textOf(schema, random);
  if (type === 'integer') return numberOf(schema, random);
  if (type === 'number') return random.chance(0.5) ? numberOf(schema, random) : random.below(1000) / 8;
  if (type === 'boolean') return random.chance(0.5);
  if (type === 'null') return null;
  if (levels === 0) return {};
  if (type === 'array')
    return Array.from({ length: random.below(4) }, () => valueFor(schema.items ?? {}, random, levels - 1));
  if (schema.properties) return objectOf(schema, random, levels);
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [
      random.pick(texts),
      random.chance(0.5) ? random.pick(texts) : oddValue(random),
    ]),
  );
}

/** Nearly always what is required, half of what is not, and at times a field that nobody knows. */
export function objectOf(schema: Schema, random: Random, levels = 4): Record<string, unknown> {
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {})
    .filter(([name]) => random.chance(required.has(name) ? 0.95 : 0.5))
    .map(([name, inner]): [string, unknown] => [name, valueFor(inner, random, levels - 1)]);
  if (random.chance(0.06)) entries.push([String(random.pick(texts)), oddValue(random)]);
  return Object.fromEntries(entries);
}

function textOf({ pattern, format, maxLength }: Schema, random: Random): string {
  if (format === 'email' || pattern?.includes('@')) return `ann${random.below(1000)}@shop.test`;
  if (format === 'uri' || pattern?.includes('http')) return 'https://shop.test/hook';
  if (format === 'date-time') return new Date(1_700_000_000_000 + random.below(10 ** 9)).toISOString();
  if (maxLength !== undefined && random.chance(0.1)) return 'm'.repeat(Math.min(maxLength, 200_000));
  return random.chance(0.3) ? `${random.pick(words)} ${random.below(1000)}` : random.pick(texts);
}

function numberOf({ minimum = 0, maximum }: Schema, random: Random): number {
  if (random.chance(0.15)) return maximum ?? minimum;
  return minimum + random.below(Math.min((maximum ?? minimum + 40) - minimum, 40) + 1);
}
