/** The lenient reading of client-api.md section 1 and application-api.md section 8, without HTTP. */
import * as contract from '@hoory/contract';
import { type Endpoint, nullable, words } from '@hoory/contract';
import fc from 'fast-check';
import Type, { type TProperties, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../errors.ts';
import { NumberText } from './number-text.ts';
import { inputReader } from './read-input.ts';

function endpoint(body: TProperties): Endpoint {
  const text = { tag: 'Probe', summary: 'test' } as const;
  return { method: 'POST', path: '/test', auth: 'none', ...text, body: Type.Object(body), returns: null };
}

const reader = (body: TProperties) => inputReader(endpoint(body));

function refusalOf(read: () => unknown): Refusal {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return error as Refusal;
  }
  throw new Error('nothing was refused');
}

describe('one value', () => {
  it.each([
    [
      'text',
      Type.String(),
      [
        ['a', 'a'],
        [12, '12'],
        [true, 'true'],
        ['', ''],
        [new NumberText('12345678901234567890'), '12345678901234567890'],
        [new NumberText('1.50'), '1.50'],
      ],
    ],
    [
      'a whole number',
      Type.Integer(),
      [
        ['12', 12],
        [' 7 ', 7],
        ['-3', -3],
        [5, 5],
        ['', undefined],
        [null, undefined],
      ],
    ],
    [
      'a number',
      Type.Number(),
      [
        ['1.5', 1.5],
        [2, 2],
        [new NumberText('1.50'), 1.5],
        [new NumberText('1e3'), 1000],
        [new NumberText('-0'), 0],
      ],
    ],
    [
      'a switch',
      Type.Boolean(),
      [
        ['true', true],
        ['1', true],
        [1, true],
        ['false', false],
        ['0', false],
        [0, false],
        ['', undefined],
      ],
    ],
    [
      'a word',
      words('open', 'resolved'),
      [
        ['open', 'open'],
        ['', undefined],
        [null, undefined],
      ],
    ],
    [
      'a word or null',
      nullable(words('low', 'high')),
      [
        ['low', 'low'],
        [null, null],
      ],
    ],
    [
      'text or null',
      nullable(Type.String()),
      [
        ['', ''],
        [null, null],
        [3, '3'],
      ],
    ],
    [
      'a number or null',
      nullable(Type.Integer()),
      [
        ['4', 4],
        [null, null],
        ['', undefined],
      ],
    ],
    [
      'text or number',
      Type.Union([Type.String(), Type.Number()]),
      [
        ['4', '4'],
        [4, 4],
      ],
    ],
    [
      'a list',
      Type.Array(Type.Integer()),
      [
        [
          [1, '2'],
          [1, 2],
        ],
        ['1,2', [1, 2]],
        ['[1,"2"]', [1, 2]],
        [{ 0: '1', 1: 2 }, [1, 2]],
        [3, [3]],
        ['', []],
        [[null, '', 1], [1]],
      ],
    ],
    [
      'an object',
      Type.Object({ n: Type.Optional(Type.Integer()) }, { additionalProperties: false }),
      [
        [{ n: '1', other: 2 }, { n: 1 }],
        ['{"n":2}', { n: 2 }],
        ['', undefined],
      ],
    ],
    [
      'an object of free keys',
      Type.Unsafe({ type: 'object', additionalProperties: true }),
      [
        [{ a: { b: 'x' } }, { a: { b: 'x' } }],
        ['{"a":1}', { a: 1 }],
        [{ a: new NumberText('2.0') }, { a: 2 }],
      ],
    ],
  ] as const)('reads %s', (_name, schema, cases) => {
    const read = reader({ value: Type.Optional(schema as never) });
    for (const [given, wanted] of cases as readonly (readonly [unknown, unknown])[])
      expect([given, read({ value: given }).value]).toEqual([given, wanted]);
  });

  it.each([
    [Type.Integer(), 'twelve'],
    [Type.Integer(), '1.5'],
    [Type.Integer(), '1e3'],
    [Type.Integer(), Number.NaN],
    [Type.Integer(), '9007199254740993'],
    [Type.Number(), '0.1234567890123456789'],
    [Type.Number(), new NumberText('12345678901234567890')],
    [Type.Union([Type.String(), Type.Number()]), new NumberText('1e400')],
    [contract.FreeForm, { a: [new NumberText('12345678901234567890')] }],
    [contract.FreeForm, '{"a":12345678901234567890}'],
    [Type.String(), 'a\0b'],
    [contract.FreeForm, { 'a\0': 1 }],
    [Type.String(), '\ud800'],
    [Type.Boolean(), 'yes'],
    [Type.Boolean(), 2],
    [words('open', 'resolved'), 'closed'],
    [words('open', 'resolved'), { toString: 1 }],
    [Type.String({ maxLength: 3 }), 'four'],
    [Type.String(), { a: 1 }],
    [Type.String(), ['a']],
    [Type.Array(Type.Integer()), 'a,b'],
    [Type.Object({}), 'no object'],
    [Type.Object({}), [1]],
  ])('refuses what is not one, by the name of the field', (schema, given) => {
    const refusal = refusalOf(() => reader({ value: schema })({ value: given }));
    expect(refusal.code).toBe('invalid');
    expect(refusal.detail.attributes).toEqual(['value']);
    expect(refusal.message).toMatch(/^Value /);
  });
});

describe('a value of a JSON body', () => {
  const read = (schema: TSchema, value: unknown) =>
    reader({ value: Type.Optional(schema as never) })({ value }, { value }).value;

  it.each([
    [Type.String(), null, undefined],
    [nullable(Type.String()), null, null],
    [contract.Id, '31', 31],
    [nullable(contract.Id), '31', 31],
    [contract.UnixSeconds, '1764500000', 1_764_500_000],
    [Type.Array(contract.Id), [1, '2'], [1, 2]],
    [contract.Email, '  ', ''],
    [Type.Object({ n: Type.Optional(Type.Integer()) }), { n: null, other: 1 }, {}],
    [Type.Number(), new NumberText('1.50'), 1.5],
  ])('is read by %j', (schema, given, wanted) => {
    expect(read(schema, given)).toEqual(wanted);
  });

  it.each([
    [Type.String(), 1],
    [Type.String(), new NumberText('12345678901234567890')],
    [Type.Integer(), '7'],
    [contract.Id, '7.0'],
    [contract.Id, '9007199254740991'],
    [Type.Number(), '1.5'],
    [Type.Boolean(), 'true'],
    [Type.Boolean(), 1],
    [words('open', 'resolved'), ''],
    [Type.Array(Type.Integer()), '1,2'],
    [Type.Array(Type.Integer()), 3],
    [Type.Array(Type.String()), [null]],
    [Type.Object({}), '{}'],
    [contract.FreeForm, '{"a":1}'],
  ])('is refused by %j where it is of another type', (schema, given) => {
    expect(refusalOf(() => read(schema, given)).detail.attributes).toEqual(['value']);
  });

  it('is text where the query has the field too', () => {
    expect(reader({ n: Type.Integer() })({ n: '7' }, { n: 1 })).toEqual({ n: 7 });
  });
});

describe('the fields', () => {
  it('loses what the endpoint does not know', () => {
    expect(reader({ name: Type.Optional(Type.String()) })({ name: 'a', admin: true })).toEqual({ name: 'a' });
  });

  it('names every fault at once', () => {
    const read = reader({ name: Type.String(), page: Type.Integer(), email: Type.String({ maxLength: 2 }) });
    const refusal = refusalOf(() => read({ page: 'x', email: 'long' }));
    expect(refusal.detail.attributes?.toSorted()).toEqual(['email', 'name', 'page']);
    expect(refusal.message).toContain("Name can't be blank");
    expect(refusal.message).toContain('Email is too long (maximum is 2 characters)');
  });

  it('cannot reach a prototype', () => {
    const read = reader({ free: Type.Optional(contract.FreeForm) });
    for (const text of ['{"__proto__":{"admin":true}}', '{"a":{"__proto__":{"b":1}}}'])
      expect(() => read({ free: JSON.parse(text) })).toThrow(
        'Free has the key __proto__, which cannot be kept',
      );
    expect(read(JSON.parse('{"__proto__":{"free":{"x":1}}}'))).toEqual({});
  });

  it('says that what is blank in a path is not found', () => {
    const read = inputReader({ params: Type.Object({ id: Type.Integer() }) });
    for (const id of ['', ' ', 'x', '1.5', undefined])
      expect(refusalOf(() => read({ id })).code).toBe('not_found');
  });

  it('takes names of Object.prototype as names', () => {
    expect(reader({ constructor: Type.Optional(Type.String()) })({})).toEqual({});
  });
});

describe('every endpoint of the contract', () => {
  const tables = Object.values(contract as Record<string, unknown>).filter(isTable);
  const all = Object.entries(Object.assign({}, ...tables) as Record<string, Endpoint>);

  it('is found', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(all)(
    '%s: reads or refuses anything, and what it read satisfies its schemas and reads as itself',
    (_id, one) => {
      const read = inputReader(one);
      const parts = [one.body, one.query, one.params].filter((part) => part !== undefined);
      const names = [...new Set(parts.flatMap((part) => Object.keys(part.properties)))];
      const path = Object.fromEntries(Object.keys(one.params?.properties ?? {}).map((name) => [name, '1']));
      const checks = parts.map((part) => Compile(Type.Object(part.properties)));
      fc.assert(
        fc.property(toFields(names), fc.boolean(), (fuzz, isPathFuzzed) => {
          const fields = isPathFuzzed ? fuzz : { ...fuzz, ...path };
          let input: Record<string, unknown>;
          try {
            input = read(fields);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            expect(['invalid', 'not_found']).toContain(error.code);
            expect(error.message).not.toBe('');
            return;
          }
          for (const check of checks) expect(check.Check(input)).toBe(true);
          expect(JSON.stringify(input)).not.toMatch(/\\u0000|\\ud[89a-f]/);
          expect(read(structuredClone(input))).toEqual(input);
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('a field that the documents print with one type', () => {
  const places = Object.entries<Endpoint>({ ...contract.clientApi, ...contract.agentApi }).flatMap(
    ([id, { query, body }]) => [query, body].flatMap((part) => (part ? printedFields(id, part) : [])),
  );

  it.each(places)('%s: takes every value of that type', (_place, schema) => {
    const printed = Compile(contract.printedSchemaOf(schema));
    const { enum: words = [] } = contract.printedSchemaOf(schema) as { enum?: unknown[] };
    const values = [...words, 'text', 7, 1.5, true, { value: 'text' }, [{ value: 'text' }]];
    const own = values.filter((value) => printed.Check(value));
    expect(own.length).toBeGreaterThan(0);
    for (const value of own) expect(reader({ field: schema })({ field: value })).toEqual({ field: value });
  });

  it('takes a word by its place among the words as well, also as text', () => {
    const read = reader({ kind: contract.wordOrNumber(words('first', 'second')) });
    for (const kind of [1, '1']) expect(read({ kind })).toEqual({ kind: 1 });
    for (const kind of [2, '2', -1, 'third', true])
      expect(refusalOf(() => read({ kind })).message).toBe('Kind is invalid (one of first, second)');
  });
});

/** The schemas inside of an input that the documents print as others, with where they stand. */
function printedFields(place: string, schema: TSchema): [place: string, schema: TSchema][] {
  if (contract.printedSchemaOf(schema) !== schema) return [[place, schema]];
  const { properties = {}, items, anyOf = [] } = schema as Branches;
  return [
    ...Object.entries(properties).flatMap(([name, one]) => printedFields(`${place} ${name}`, one)),
    ...(items ? printedFields(`${place}[]`, items) : []),
    ...anyOf.flatMap((branch, index) => printedFields(`${place}|${index}`, branch)),
  ];
}

type Branches = TSchema & { properties?: Record<string, TSchema>; items?: TSchema; anyOf?: TSchema[] };

/** Bags with the endpoint's own names and odd ones, and values as forms, JSON and attackers send them. */
function toFields(names: string[]) {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) as fc.Arbitrary<unknown>,
    fc.constantFrom<unknown>(
      '',
      ' ',
      '1',
      '-1',
      '1.5',
      'true',
      'null',
      '[]',
      '[1,',
      '{}',
      '{"a":1}',
      'a,b',
      '\0',
      null,
    ),
    fc.integer().map(String),
    fc.constantFrom('open', 'low', 'incoming', 'a@example.com', '+4912345', 'https://example.com'),
    fc.dictionary(fc.constantFrom('0', '1', 'a', '__proto__', 'constructor'), fc.jsonValue({ maxDepth: 1 })),
  );
  const name = fc.oneof(fc.constantFrom(...names, 'constructor', 'toString', '__proto__'), fc.string());
  return fc.dictionary(name, value, { maxKeys: 8 });
}

function isTable(value: unknown): value is Record<string, Endpoint> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).length > 0 &&
    Object.values(value).every(
      (one) => typeof one === 'object' && one !== null && 'method' in one && 'path' in one,
    )
  );
}
