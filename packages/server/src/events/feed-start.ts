/** From where a caller of the feed wants to read: a cursor of its own, or positions as the socket tells them. */
import { own, type StreamPosition } from '@hoory/contract';
import type { App } from '../app.ts';
import { invalid } from '../errors.ts';
import { readCursor } from './cursor.ts';
import { streamIdOf } from './stream-id.ts';

export interface FeedStart {
  /** When it began to hear all of its streams; a stream that it has heard only since then is read from there. */
  at: number | undefined;
  /** Undefined for a stream that it has not heard; NaN for a position that means nothing here. */
  positionOf(stream: string): number | undefined;
}

/** What a request says of it. */
interface StartQuery {
  holder: string;
  after: string | undefined;
  positions: string | undefined;
}

/**
 * Undefined reads from now on.
 * @throws invalid when the cursor is not one of this caller's, or the positions are no JSON object
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
  return { at: cursor.at, positionOf: (stream) => cursor.positions[stream] };
}

/** Finds offsets by stream id in JSON text: NaN for one of another epoch or none at all. Undefined when it is no object. */
function readPositions(text: string): ((id: string, epoch: string) => number | undefined) | undefined {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return (id, epoch) => {
    const position = own(parsed as Record<string, Partial<StreamPosition> | null>, id);
    if (position === undefined) return undefined;
    const isKnown = position?.epoch === epoch && Number.isSafeInteger(position.offset);
    return isKnown ? position.offset : Number.NaN;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
