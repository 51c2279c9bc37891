/** Opaque cursors of the feed: where a caller stands on each of its streams, signed so that nobody makes one up. */
import { hmacName, isSame } from '../secrets.ts';

export interface Cursor {
  /** When it was made, in milliseconds: a stream that the caller hears only since then is read from there. */
  at: number;
  /** Offset by stream. */
  positions: Record<string, number>;
}

/** Whose cursor it is, and with what it is signed. */
export interface Holder {
  key: string;
  name: string;
}

export function writeCursor(holder: Holder, { at, positions }: Cursor): string {
  const body = Buffer.from(JSON.stringify([at, positions])).toString('base64url');
  return `${body}.${signatureOf(holder, body)}`;
}

/** Undefined when it was not written for this holder. */
export function readCursor(holder: Holder, text: string): Cursor | undefined {
  const [body = '', signature = ''] = text.split('.', 2);
  if (!isSame(signature, signatureOf(holder, body))) return undefined;
  const [at, positions] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
    number,
    Cursor['positions'],
  ];
  return { at, positions };
}

const signatureOf = ({ key, name }: Holder, body: string) => hmacName(key, `cursor ${name} ${body}`, 22);
