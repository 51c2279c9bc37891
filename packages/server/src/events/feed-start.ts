/** The start of a read of the feed: a cursor of the caller, or positions as the cable sends them. */
import { own } from '@hoory/contract';
import type { App } from '../app.ts';
import { invalid } from '../errors.ts';
import { isObject } from '../json-text.ts';
import { readCursor } from './cursor.ts';
import { streamIdOf } from './stream-id.ts';

export interface FeedStart {
  /** Since when the caller may read all of its streams, in milliseconds. A stream without a position is read from there. */
  at: number | undefined;
  /** The offset to read a stream after: undefined when the start does not name the stream, NaN for a position of another log. */
  positionOf(stream: string): number | undefined;
}

/** The parameters of a request that name its start. */
interface StartQuery {
  /** The name of the caller in its cursors. */
  holder: string;
  after: string | undefined;
  positions: string | undefined;
}

/**
 * Undefined when the request names no start, so the caller reads from now on.
 * @throws invalid for a cursor of another caller, positions that are not a JSON object, or both parameters
 */
export function readStart(app: App, { holder, after, positions }: StartQuery): FeedStart | undefined {
  if (after && positions) throw invalid('streams', 'Streams and after exclude each other');
  if (positions) {
    const known = readPositions(positions);
    if (!known) throw invalid('streams', 'Streams is not a JSON object of positions');
    return { at: undefined, positionOf: (stream) => known(streamIdOf(app, stream), app.installation.epoch) };
  }
  if (!after) return undefined;
  const cursor = readCursor({ key: app.installation.key, name: holder }, after);
  if (!cursor) throw invalid('after', 'After is not a cursor of this feed');
  const isOurs = cursor.epoch === app.installation.epoch;
  return { at: cursor.at, positionOf: (stream) => (isOurs ? cursor.positions[stream] : Number.NaN) };
}

/** Finds offsets by stream id in JSON text: NaN for a position of another epoch or without an offset. Undefined when the text is not an object. */
function readPositions(text: string): ((id: string, epoch: string) => number | undefined) | undefined {
  const parsed = parseJson(text);
  if (!isObject(parsed)) return undefined;
  return (id, epoch) => {
    const position = own(parsed, id);
    if (position === undefined) return undefined;
    if (!isObject(position) || position.epoch !== epoch) return Number.NaN;
    const { offset } = position;
    return typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : Number.NaN;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
