/** Reading of clients' frames (cable.md A.3, D.3, D.5): lenient, and never an error. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseProtocol, readCommand, toProtocol } from './protocol.ts';

const read = (frame: unknown) => readCommand(JSON.stringify(frame));

test('reads an action from text, from an object, and from nothing else', () => {
  const wanted = { command: 'message', identifier: 'i', data: { action: 'update_presence' } };
  const message = (data: unknown) => read({ command: 'message', identifier: 'i', data });
  expect(message('{"action":"update_presence"}')).toMatchObject(wanted);
  expect(message({ action: 'update_presence' })).toMatchObject(wanted);
  for (const data of [null, undefined, 7, [], '{', '"x"', { action: 1 }])
    expect(message(data)).toBeUndefined();
});

test('a history request needs a time or streams; a malformed position is kept, to be refused', () => {
  const history = (value: unknown) =>
    read({ command: 'history', identifier: 'i', history: value }) as { history: unknown } | undefined;
  for (const value of [undefined, null, {}, { since: 0 }, { since: 'x' }, { since: false }])
    expect(history(value)?.history).toBeUndefined();
  expect(history({ since: 5 })?.history).toEqual({ since: 5, streams: {} });
  expect(history({ streams: { a: { offset: 3, epoch: 'e' }, b: null } })?.history).toEqual({
    since: 0,
    streams: { a: { offset: 3, epoch: 'e' }, b: { offset: -1, epoch: '' } },
  });
});

test('chooses the first protocol it knows, never a token', () => {
  expect(chooseProtocol(['anycable-token.x', 'actioncable-v1-ext-json', 'actioncable-v1-json'])).toBe(
    'actioncable-v1-ext-json',
  );
  expect(chooseProtocol(['constructor'])).toBeUndefined();
  expect([toProtocol(''), toProtocol('actioncable-v1-ext-json')]).toEqual(['base', 'ext']);
});

test('no frame makes it throw', () => {
  const word = fc.constantFrom('subscribe', 'message', 'history', 'join', 'presence', 'command', 'data');
  fc.assert(
    fc.property(fc.string(), fc.dictionary(word, fc.jsonValue()), word, (text, frame, command) => {
      readCommand(text);
      read({ ...frame, command, identifier: 'i' });
    }),
  );
});

test.each([
  ['[', ']'],
  ['{"a":', '}'],
])('a frame of %s that nests deeper than the stack reaches is ignored, wherever it nests', (open, close) => {
  const deep = `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  expect(readCommand(deep)).toBeUndefined();
  expect(
    readCommand(`{"command":"join","identifier":"i","presence":{"id":"1","info":${deep}}}`),
  ).toBeUndefined();
  expect(read({ command: 'join', identifier: 'i', presence: `{"id":"1","info":${deep}}` })).toBeUndefined();
  expect(read({ command: 'message', identifier: 'i', data: `{"action":${deep}}` })).toBeUndefined();
});
