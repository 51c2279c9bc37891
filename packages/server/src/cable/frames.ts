/**
 * Text frames of RFC 6455 as single buffers: one write to the socket each, whoever they go to. Server frames carry no
 * mask, so that one buffer serves all sockets; the `ws` library is left the reading, the opening and the closing.
 */
import type { ServerFrame } from '@hoory/contract';
import type { Prefix } from './prefix.ts';
import type { Protocol } from './protocol.ts';

/** A whole frame of these bytes, after a prefix if there is one. */
function frameOf(bytes: Buffer, prefix?: Prefix): Buffer {
  const length = bytes.length + (prefix?.length ?? 0);
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
  prefix?.copyTo(frame, start);
  bytes.copy(frame, start + (prefix?.length ?? 0));
  return frame;
}

/** A frame of this text. */
export const toTextFrame = (text: string): Buffer => frameOf(Buffer.from(text));

/** A frame of one JSON object. */
export const toFrame = (frame: ServerFrame): Buffer => toTextFrame(JSON.stringify(frame));

/** Who a shared message is written for. */
interface Addressee {
  prefix: Prefix;
  protocol: Protocol;
}

/** One event on its way to many: encoded once, and joined with each subscription's prefix. */
export class SharedMessage {
  readonly #payload: string;
  readonly #place: string;
  readonly #bytes: Partial<Record<Protocol, Buffer>> = {};

  /** `place` is the stream's position as further keys, for the extended protocol; empty for what is not recorded. */
  constructor(payload: string, place: string) {
    this.#payload = payload;
    this.#place = place;
  }

  for({ prefix, protocol }: Addressee): Buffer {
    this.#bytes[protocol] ??= Buffer.from(`${this.#payload}${protocol === 'ext' ? this.#place : ''}}`);
    return frameOf(this.#bytes[protocol], prefix);
  }
}
