/** A subscription of an earlier connection, and its form in a store. */
import { isObject } from '../json-text.ts';
import type { Subscription } from './subscription.ts';

export interface SavedSubscription {
  identifier: string;
  /** `clientOffset` by stream: a client names no position of a stream of which it was sent nothing. */
  clientOffsets: ReadonlyMap<string, number>;
}

export const toSaved = ({ identifier, attachments }: Subscription): SavedSubscription => ({
  identifier,
  clientOffsets: new Map(
    attachments.flatMap(({ stream, clientOffset }) =>
      clientOffset === undefined ? [] : [[stream.name, clientOffset]],
    ),
  ),
});

export const printSaved = (subscriptions: readonly SavedSubscription[]): string =>
  JSON.stringify(
    subscriptions.map(({ identifier, clientOffsets }) => [identifier, Object.fromEntries(clientOffsets)]),
  );

/** Reads a text of `printSaved`; undefined for the text of a version that this one does not know. */
export function readSaved(text: string): SavedSubscription[] | undefined {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return undefined;
  const read = list.map((entry: unknown) => {
    const [identifier, offsets]: unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof identifier !== 'string' || !isObject(offsets)) return undefined;
    const pairs = Object.entries(offsets).flatMap(([name, offset]): [string, number][] =>
      typeof offset === 'number' ? [[name, offset]] : [],
    );
    return { identifier, clientOffsets: new Map(pairs) };
  });
  return read.every((one) => one !== undefined) ? read : undefined;
}
