/** Splits a `multipart/form-data` body (RFC 7578) into its parts, one after another as they arrive. `multipart-body.ts` reads them. */
import { Refusal } from '../errors.ts';

export interface Part {
  /** Values by name in lower case, decoded as latin1. */
  headers: ReadonlyMap<string, string>;
  /** Must be read to its end before the next part. */
  body: AsyncIterable<Buffer>;
}

/** Most bytes of a part's headers. */
const mostHeader = 16 * 1024;

/**
 * Splits `source` at `boundary`.
 * @throws bad_request for a body that ends before its last boundary, or a part whose headers cannot be read
 */
export async function* partsOf(source: AsyncIterator<Buffer>, boundary: string): AsyncGenerator<Part> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  const reader = new ByteReader(source);
  if (await reader.isEmpty()) return;
  for await (const _preamble of reader.until(delimiter));
  while (!(await reader.consume('--'))) {
    const headers = headersOf(await headerBlock(reader));
    yield { headers, body: reader.until(delimiter) };
  }
}

const broken = (why: string) => new Refusal('bad_request', `The multipart body could not be read: ${why}`);

/** The lines between a boundary and the empty line. */
async function headerBlock(reader: ByteReader): Promise<string> {
  let block = '';
  for await (const bytes of reader.until(Buffer.from('\r\n\r\n'))) {
    block += bytes.toString('latin1');
    if (block.length > mostHeader) throw broken('the headers of a part are too long');
  }
  return block;
}

function headersOf(block: string): Map<string, string> {
  // A line that begins with a blank continues the previous line.
  const [start, ...lines] = block.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  if (start?.trim() !== '') throw broken('a boundary is followed by other text');
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+)[ \t]*:(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw broken('a part has a header that is none');
      return [name.toLowerCase(), value.trim()];
    }),
  );
}

/** Reads a stream of chunks up to marks, which may be split between chunks. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  // The first boundary may be at the very start, without the line break that precedes all others.
  #held: Buffer = Buffer.from('\r\n');

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** Whether the stream is empty. Call it before anything else is read. */
  async isEmpty(): Promise<boolean> {
    return !(await this.#more());
  }

  /** The bytes before `mark`, which is skipped. */
  async *until(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      const length = at < 0 ? Math.max(0, this.#held.length - mark.length + 1) : at;
      const found = this.#held.subarray(0, length);
      this.#held = this.#held.subarray(at < 0 ? length : at + mark.length);
      if (length) yield found;
      if (at >= 0) return;
      await this.#need();
    }
  }

  /** Whether `text` comes next. If so, it is skipped. */
  async consume(text: string): Promise<boolean> {
    while (this.#held.length < text.length) await this.#need();
    const comes = this.#held.toString('latin1', 0, text.length) === text;
    if (comes) this.#held = this.#held.subarray(text.length);
    return comes;
  }

  async #need(): Promise<void> {
    if (!(await this.#more())) throw broken('it ends early');
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next().catch(() => {
      throw broken('it ends early, or is not encoded as declared');
    });
    if (done) return false;
    this.#held = this.#held.length ? Buffer.concat([this.#held, value]) : value;
    return true;
  }
}
