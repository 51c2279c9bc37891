/** Opaque cursors of the feed: the caller's position in each of its streams, signed so that a client cannot make one up. */
import { isObject } from '../json-text.ts';
import { hmacName, isSame } from '../secrets.ts';

export interface Cursor {
  /** When it was made, in milliseconds. A stream that the caller may read only since then is read from there. */
  at: number;
  /** The epoch of the log in which the positions are offsets; undefined in cursors of older versions. */
  epoch: string | undefined;
  /** Offset by stream. */
  positions: Record<string, number>;
}

/** The owner of a cursor, and the key of its signature. */
export interface Holder {
  key: string;
  name: string;
}

export function writeCursor(holder: Holder, { at, positions, epoch }: Cursor): string {
  const body = Buffer.from(JSON.stringify([at, positions, epoch])).toString('base64url');
  return `${body}.${signatureOf(holder, body)}`;
}

/** Undefined when the text is not a cursor of this holder. */
export function readCursor(holder: Holder, text: string): Cursor | undefined {
  const [body = '', signature = ''] = text.split('.', 2);
  if (!isSame(signature, signatureOf(holder, body))) return undefined;
  const parsed: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (!Array.isArray(parsed)) return undefined;
  const [at, positions, epoch] = parsed;
  if (typeof at !== 'number' || !isPositions(positions)) return undefined;
  return { at, positions, epoch: typeof epoch === 'string' ? epoch : undefined };
}

const isPositions = (value: unknown): value is Cursor['positions'] =>
  isObject(value) && Object.values(value).every((offset) => typeof offset === 'number');

const signatureOf = ({ key, name }: Holder, body: string) => hmacName(key, `cursor ${name} ${body}`, 22);
