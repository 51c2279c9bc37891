/**
 * Encodes text frames of RFC 6455 as single buffers, each for one write to a socket. Frames of a server have no mask, so all sockets
 * get the same buffer. The `ws` library reads frames, and opens and closes sockets.
 */
import type { ServerFrame } from '@hoory/contract';
import type { Prefix } from './prefix.ts';
import type { Protocol } from './protocol.ts';

/** A whole frame of an optional prefix and these bytes. */
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

/** The subscription that a shared message is sent to. */
interface Recipient {
  prefix: Prefix;
  protocol: Protocol;
}

/** One event for many subscriptions: encoded once for each protocol, and joined with each subscription's prefix. */
export class SharedMessage {
  readonly #payload: string;
  readonly #position: string;
  readonly #bytes: Partial<Record<Protocol, Buffer>> = {};

  /**
   * @param payload the event as JSON text
   * @param position its place in the stream, or its type, as further JSON keys for the extended protocol; may be empty
   */
  constructor(payload: string, position: string) {
    this.#payload = payload;
    this.#position = position;
  }

  /** The whole frame for one subscription. */
  for({ prefix, protocol }: Recipient): Buffer {
    this.#bytes[protocol] ??= Buffer.from(`${this.#payload}${protocol === 'ext' ? this.#position : ''}}`);
    return frameOf(this.#bytes[protocol], prefix);
  }
}
