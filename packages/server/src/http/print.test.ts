/** Answers as text: what the contract's schemas let through, without HTTP. */
import { nullable, object, Sender, words } from '@hoory/contract';
import Type, { type TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { printerOf } from './print.ts';

const print = (schema: TSchema, answer: unknown): unknown => JSON.parse(printerOf(schema)(answer));

describe('one value', () => {
  it.each([
    ['text', Type.String(), ['a', '', 'Zoë 你好 😀', 'a "quote" \\ and \n\t\u0001 control', '\u2028']],
    ['a word', words('open', 'resolved'), ['open', 'a new "word"']],
    ['a number', Type.Number(), [0, -1, 1.5, 1_795_573_110_057]],
    ['yes or no', Type.Boolean(), [true, false]],
    ['a value or null', nullable(Type.String()), ['a', null]],
    ['a word or null', nullable(words('low', 'high')), ['low', null]],
    ['one of several types', Type.Unsafe({ type: ['string', 'number'] }), ['1', 1]],
    [
      'an object of any keys',
      Type.Unsafe({ type: 'object', additionalProperties: true }),
      [{ a: [{ b: null }] }],
    ],
    [
      'an object of flags',
      Type.Unsafe({ type: 'object', additionalProperties: { type: 'boolean' } }),
      [{ a: true }],
    ],
    ['a list', Type.Array(Type.Integer()), [[], [1], [1, 2]]],
  ])('prints %s as it is', (_, schema, values) => {
    for (const value of values) expect(print(schema, value)).toEqual(value);
  });

  it('escapes lone surrogates, which UTF-8 cannot hold', () => {
    expect(printerOf(Type.String())('\ud800')).toBe('"\\ud800"');
  });

  it('prints what is not a number as null', () => {
    expect(print(Type.Number(), Number.NaN)).toBeNull();
  });
});

describe('an object', () => {
  const schema = object({
    first: Type.Optional(Type.Integer()),
    'a "key"': Type.String(),
    last: Type.Optional(Type.Array(object({ id: Type.Integer() }))),
  });

  it('has the keys of its schema and no others, at any depth', () => {
    const answer = { first: 1, 'a "key"': 'a', last: [{ id: 1, password_hash: 'secret' }], token: 'secret' };
    expect(print(schema, answer)).toEqual({ first: 1, 'a "key"': 'a', last: [{ id: 1 }] });
  });

  it('leaves out optional keys that are not there, the first one too', () => {
    expect(print(schema, { 'a "key"': 'a' })).toEqual({ 'a "key"': 'a' });
    expect(print(object({ only: Type.Optional(Type.Integer()) }), {})).toEqual({});
  });

  it('fails without a required key', () => {
    expect(() => print(schema, { first: 1 })).toThrow('An answer has no a "key"');
  });

  it('is printed anew in the next answer, though its keys have changed', () => {
    const answer = { 'a "key"': 'before' };
    const list = Type.Array(schema);
    expect(print(list, [answer, answer])).toEqual([answer, answer]);
    answer['a "key"'] = 'after';
    expect(print(list, [answer])).toEqual([answer]);
  });

  it('is printed anew after an answer that failed', () => {
    const answer = { 'a "key"': 'before' };
    const list = Type.Array(schema);
    expect(() => print(list, [answer, {}])).toThrow();
    answer['a "key"'] = 'after';
    expect(print(list, [answer])).toEqual([answer]);
  });
});

describe('a union', () => {
  const user = { id: 1, name: 'A', type: 'user', available_name: 'A', avatar_url: '', thumbnail: '' };

  it('prints by the key that distinguishes its branches', () => {
    const bot = { id: 1, name: 'Bot', avatar_url: '', type: 'agent_bot' };
    expect(print(Sender, { ...bot, access_token: 'secret' })).toEqual(bot);
    expect(print(Sender, { ...user, availability_status: null })).toEqual({
      ...user,
      availability_status: null,
    });
  });

  it('prints by the keys that are present where no key distinguishes the branches', () => {
    const schema = Type.Union([
      object({ id: Type.Integer(), role: Type.String() }),
      object({ id: Type.Integer(), name: Type.Optional(Type.String()) }),
      Type.Null(),
      Type.Array(Type.Integer()),
    ]);
    for (const value of [{ id: 1, role: 'agent' }, { id: 1, name: 'A' }, { id: 1 }, null, [1]])
      expect(print(schema, value)).toEqual(value);
  });

  it('fails for what fits no branch', () => {
    expect(() => print(Sender, { ...user, type: 'ghost' })).toThrow('An answer fits no branch of its union');
  });
});
