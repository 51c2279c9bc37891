/**
 * Text frames of RFC 6455 as single buffers: one write to the socket each, whoever they go to. Server frames carry no
 * mask, so that one buffer serves all sockets; the `ws` library is left the reading, the opening and the closing.
 */
import type { Protocol } from './protocol.ts';

/** A whole frame of this text, and the bytes after it. */
function frameOf(text: string, tail?: Buffer): Buffer {
  const textLength = Buffer.byteLength(text);
  const length = textLength + (tail?.length ?? 0);
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x81;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, start);
  tail?.copy(frame, start + textLength);
  return frame;
}

/** A frame of this text. */
export const toTextFrame = (text: string): Buffer => frameOf(text);

/** A frame of one JSON object. */
export const toFrame = (object: object): Buffer => toTextFrame(JSON.stringify(object));

/** What every data frame of a subscription begins with; the identifier is repeated byte for byte. */
export const prefixOf = (identifier: string): string =>
  `{"identifier":${JSON.stringify(identifier)},"message":`;

/** The identifier in a prefix. */
export const identifierIn = (prefix: string): string =>
  JSON.parse(prefix.slice('{"identifier":'.length, -',"message":'.length)) as string;

/** Who a shared message is written for. */
interface Addressee {
  prefix: string;
  protocol: Protocol;
}

/**
 * One event on its way to many: encoded once, joined with each subscription's prefix. Only the last frame of a protocol is
 * kept, for those in a row with an equal identifier; ten thousand kept until the end cost more than joining them.
 */
export class SharedMessage {
  readonly #payload: string;
  readonly #place: string;
  readonly #tails: Partial<Record<Protocol, Buffer>> = {};
  readonly #last: Partial<Record<Protocol, { prefix: string; frame: Buffer }>> = {};

  /** `place` is the stream's position as further keys, for the extended protocol; empty for what is not recorded. */
  constructor(payload: string, place: string) {
    this.#payload = payload;
    this.#place = place;
  }

  for({ prefix, protocol }: Addressee): Buffer {
    const last = this.#last[protocol];
    if (last?.prefix === prefix) return last.frame;
    this.#tails[protocol] ??= Buffer.from(`${this.#payload}${protocol === 'ext' ? this.#place : ''}}`);
    const frame = frameOf(prefix, this.#tails[protocol]);
    this.#last[protocol] = { prefix, frame };
    return frame;
  }
}
