/** Reads a stream in pieces of a wanted length. */

export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  readonly #endError: () => Error;

  /** @param endError makes the error of a read behind the end */
  constructor(source: AsyncIterable<Buffer>, endError: () => Error) {
    this.#source = source[Symbol.asyncIterator]();
    this.#endError = endError;
  }

  /** Whether all bytes were read. */
  async isAtEnd(): Promise<boolean> {
    while (!this.#rest.length) {
      const next = await this.#source.next();
      if (next.done) return true;
      this.#rest = next.value;
    }
    return false;
  }

  /** Exactly `length` bytes. @throws what `endError` makes when there are fewer */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.readUpTo(length);
    if (bytes.length < length) throw this.#endError();
    return bytes;
  }

  /** The next `length` bytes, or as many as there are. */
  async readUpTo(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0 && !(await this.isAtEnd()); ) {
      const piece = this.#take(left);
      left -= piece.length;
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  /** The next `length` bytes as they arrive. @throws what `endError` makes when there are fewer */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (await this.isAtEnd()) throw this.#endError();
      const piece = this.#take(left);
      left -= piece.length;
      yield piece;
    }
  }

  /** At most `length` bytes of what has arrived. */
  #take(length: number): Buffer {
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
