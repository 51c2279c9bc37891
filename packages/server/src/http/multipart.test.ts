/** Splitting multipart bodies, without HTTP: whatever the bytes are and wherever chunks end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../errors.ts';
import { partsOf } from './multipart.ts';

const boundary = '--b';

async function split(chunks: readonly Uint8Array[], at = boundary): Promise<[string | undefined, string][]> {
  const source = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  })();
  const found: [string | undefined, string][] = [];
  for await (const { headers, body } of partsOf(source, at)) {
    const bytes: Buffer[] = [];
    for await (const some of body) bytes.push(some);
    found.push([headers.get('x-name'), Buffer.concat(bytes).toString('latin1')]);
  }
  return found;
}

/** Cuts bytes at the given places. */
function chunked(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places]
    .map((from, index) => bytes.subarray(from, places[index] ?? bytes.length))
    .filter(({ length }) => length > 0);
}

const print = (parts: readonly (readonly [string, string])[]) =>
  Buffer.from(
    `${parts.map(([name, body]) => `--${boundary}\r\nX-Name: ${name}\r\n\r\n${body}\r\n`).join('')}--${boundary}--\r\n`,
    'latin1',
  );

/** Bodies made of what looks like delimiters, but holds none. */
const body = fc
  .array(fc.constantFrom('\r', '\n', '-', '--', '--b', '\r\n--', '\r\n', 'a', '\u0000', '\u00ff'), {
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''))
  .filter((text) => !`\r\n${text}`.includes(`\r\n--${boundary}`));
const parts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), body), { minLength: 1, maxLength: 5 });
const cuts = fc.array(fc.nat(1000), { maxLength: 30 });

describe('a multipart body', () => {
  it('is split into its parts, byte for byte, wherever chunks end', () =>
    fc.assert(
      fc.asyncProperty(parts, cuts, async (given, places) => {
        expect(await split(chunked(print(given), places))).toEqual(given);
      }),
      { numRuns: 500 },
    ));

  it('is refused when it ends anywhere before its last boundary', () =>
    fc.assert(
      fc.asyncProperty(parts, cuts, fc.nat(1000), async (given, places, length) => {
        const whole = print(given);
        const cut = whole.subarray(0, 1 + (length % (whole.length - 5)));
        await expect(split(chunked(cut, places))).rejects.toThrow(Refusal);
      }),
      { numRuns: 500 },
    ));

  it('may have a preamble, blanks behind a boundary, folded headers and an epilogue', async () => {
    const text = `hello\r\n--${boundary} \t\r\nX-Name: a\r\n  b\r\n\r\nbody\r\n--${boundary}--\r\nbye`;
    expect(await split([Buffer.from(text)])).toEqual([['a b', 'body']]);
  });

  it('may be empty', async () => {
    expect(await split([])).toEqual([]);
  });

  it.each([
    ['text behind a boundary', `--${boundary}x\r\nX-Name: a\r\n\r\nbody\r\n--${boundary}--`],
    ['a header without a name', `--${boundary}\r\nno header\r\n\r\nbody\r\n--${boundary}--`],
    ['headers without end', `--${boundary}\r\nX-Name: ${'x'.repeat(20_000)}\r\n\r\nbody\r\n--${boundary}--`],
    ['no boundary at all', 'just text'],
  ])('is refused with %s', async (_name, text) => {
    await expect(split([Buffer.from(text)])).rejects.toThrow('multipart body could not be read');
  });
});
