/**
 * The first bytes of every data frame of a subscription, which contain its identifier. They are a cache: the identifier is not
 * encoded for each event, and never changes, so the cache cannot be stale. Many prefixes share one page of memory: a buffer for
 * each would take twice the memory of a short text.
 */

/** Bytes of a page. The identifier in a prefix has at most 4096 characters, escaped. */
const pageBytes = 128 * 1024;

let page = Buffer.alloc(0);
let used = 0;

const head = '{"identifier":';
const neck = ',"message":';

/** The prefix of an identifier, as a buffer of its own. */
export const prefixOf = (identifier: string): Buffer =>
  Buffer.from(`${head}${JSON.stringify(identifier)}${neck}`);

/** A prefix in a shared page. A page is freed with the last of its prefixes. */
export class Prefix {
  readonly #page: Buffer;
  readonly #start: number;
  readonly length: number;

  constructor(identifier: string) {
    const bytes = prefixOf(identifier);
    this.length = bytes.length;
    if (page.length - used < this.length) {
      page = Buffer.allocUnsafeSlow(Math.max(pageBytes, this.length));
      used = 0;
    }
    bytes.copy(page, used);
    this.#page = page;
    this.#start = used;
    used += this.length;
  }

  get identifier(): string {
    const text = this.#page.toString('utf8', this.#start, this.#start + this.length);
    const identifier: unknown = JSON.parse(text.slice(head.length, -neck.length));
    return typeof identifier === 'string' ? identifier : '';
  }

  equals(bytes: Buffer): boolean {
    const isAlike = bytes.length === this.length;
    return isAlike && bytes.compare(this.#page, this.#start, this.#start + this.length) === 0;
  }

  copyTo(frame: Buffer, at: number): void {
    this.#page.copy(frame, at, this.#start, this.#start + this.length);
  }
}
