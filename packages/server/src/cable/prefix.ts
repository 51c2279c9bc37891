/**
 * What every data frame of a subscription begins with, kept as bytes as long as the subscription. Many lie side by side in
 * one page: a buffer of its own would weigh twice as much as a short text, and text would be encoded for each event anew.
 */

/** Bytes of a page; a prefix is at most 4096 characters of an identifier, escaped. */
const pageSize = 128 * 1024;

let page = Buffer.alloc(0);
let used = 0;

const head = '{"identifier":';
const neck = ',"message":';

/** The prefix of an identifier, which is repeated byte for byte. */
export const prefixOf = (identifier: string): Buffer =>
  Buffer.from(`${head}${JSON.stringify(identifier)}${neck}`);

/** A page is freed when none of its prefixes is kept any more. */
export class Prefix {
  readonly #page: Buffer;
  readonly #start: number;
  readonly length: number;

  constructor(identifier: string) {
    const bytes = prefixOf(identifier);
    this.length = bytes.length;
    if (page.length - used < this.length) {
      page = Buffer.allocUnsafeSlow(Math.max(pageSize, this.length));
      used = 0;
    }
    bytes.copy(page, used);
    this.#page = page;
    this.#start = used;
    used += this.length;
  }

  get identifier(): string {
    const text = this.#page.toString('utf8', this.#start, this.#start + this.length);
    return JSON.parse(text.slice(head.length, -neck.length)) as string;
  }

  equals(bytes: Buffer): boolean {
    const isAlike = bytes.length === this.length;
    return isAlike && bytes.compare(this.#page, this.#start, this.#start + this.length) === 0;
  }

  copyTo(frame: Buffer, at: number): void {
    this.#page.copy(frame, at, this.#start, this.#start + this.length);
  }
}
