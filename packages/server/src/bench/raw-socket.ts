/** A WebSocket client that costs next to nothing, so that ten thousand of them fit beside what is measured. */
import { connect, type Socket } from 'node:net';

export interface RawSocket {
  send(text: string): void;
  close(): void;
}

export interface RawSocketOptions {
  port: number;
  protocol: string;
  /** The earlier session of the extended protocol that the socket resumes. */
  sid?: string | undefined;
  /** Called with the payload of each text frame, also before the socket is returned; the buffer is not kept. */
  hear(payload: Buffer, socket: RawSocket): void;
}

/** Connects and resolves when the server has upgraded. @throws when it refuses or the connection fails */
export function openRawSocket({ port, protocol, sid, hear }: RawSocketOptions): Promise<RawSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const raw: RawSocket = { send: (text) => send(socket, text), close: () => socket.destroy() };
    let pending: Buffer | undefined;
    let isUpgraded = false;
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a socket')));
    socket.on('connect', () => socket.write(handshake(protocol, sid)));
    socket.on('data', (chunk) => {
      let bytes = pending ? Buffer.concat([pending, chunk]) : chunk;
      if (!isUpgraded) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end >= 0 && !bytes.subarray(0, 12).equals(upgraded))
          return socket.destroy(new Error(bytes.toString('latin1', 0, 40)));
        if (end >= 0) {
          isUpgraded = true;
          bytes = bytes.subarray(end + 4);
          resolve(raw);
        }
      }
      const rest = isUpgraded
        ? readFrames(
            bytes,
            (payload) => hear(payload, raw),
            () => socket.write(pong),
          )
        : bytes;
      pending = rest.length ? Buffer.from(rest) : undefined;
    });
  });
}

const upgraded = Buffer.from('HTTP/1.1 101');

const handshake = (protocol: string, sid: string | undefined) =>
  `GET /cable${sid === undefined ? '' : `?sid=${sid}`} HTTP/1.1\r\n` +
  'Host: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`;

const pingHead = 0x89;
/** Empty, with a mask of zeros. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Hands out whole frames. @returns the bytes after them */
function readFrames(bytes: Buffer, hear: (payload: Buffer) => void, onPing: () => void): Buffer {
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
    if (bytes.length < start) break;
    const length =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short;
    if (bytes.length < start + length) break;
    if (bytes[at] === pingHead) onPing();
    else hear(bytes.subarray(start, start + length));
    at = start + length;
  }
  return bytes.subarray(at);
}

/** A mask of zeros leaves the text as it is. */
function send(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  const isShort = payload.length < 126;
  const head = Buffer.alloc(isShort ? 6 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | (isShort ? payload.length : 126);
  if (!isShort) head.writeUInt16BE(payload.length, 2);
  socket.write(Buffer.concat([head, payload]));
}
