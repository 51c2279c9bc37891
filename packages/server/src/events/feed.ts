/** The log over HTTP (decisions.md 6): events after a cursor on several streams, by long polling. */
import type { App } from '../app.ts';
import type { Cursor } from './cursor.ts';
import { type FeedPage, openPages, type StreamEntry } from './feed-page.ts';
import { type FeedStart, readStart } from './feed-start.ts';
import { positionSince } from './position-since.ts';
import { type LogEntry, readAfter, readHeads, type StreamHead } from './read.ts';
import { readMissed } from './read-many.ts';
import { waitFor } from './wait.ts';

export interface FeedRequest {
  /** The name of the caller, which its cursors are signed with: a cursor is refused for another caller. */
  holder: string;
  /** The caller's present streams, loaded again after each wait. */
  streams(): Promise<readonly string[]>;
  /** A cursor. Without it and without `positions` the feed reads from now on. */
  after: string | undefined;
  /** Instead of a cursor: JSON of the positions by stream id, as the cable sends them. */
  positions: string | undefined;
  limit: number;
  /** Seconds to wait for a first event. */
  wait: number;
  /** Ends the wait when the caller disconnects. */
  signal: AbortSignal;
}

/**
 * Events after a cursor in the order of their time. When entries after the cursor are pruned: `reset`, and a cursor from now.
 * @throws invalid for a cursor of another caller, or positions that are not a JSON object
 */
export async function readFeed(app: App, request: FeedRequest): Promise<FeedPage> {
  const pages = openPages(app, request.holder);
  // Not the app's clock, which can be set back and which tests stop.
  const until = performance.now() + request.wait * 1000;
  let start = readStart(app, request);
  for (;;) {
    const waiter = waitFor(app, request.signal);
    try {
      const at = app.now();
      const streams = await request.streams();
      if (request.wait) await waiter.follow(streams);
      const found = await findReadStart(app, streams, start);
      const { positions, last } = found;
      const entries = found.isReachable && (await readAll(app, found, request.limit));
      if (!entries) return pages.reset({ at, positions: last });
      // Do not send the events when the caller lost a stream while the log was read.
      if (entries.length && !(await areStill(request, streams))) continue;
      if (entries.length || request.signal.aborted || performance.now() >= until)
        return pages.page({ at, positions }, entries);
      start = { at, positionOf: (stream) => positions[stream] };
      await waiter.wake(until - performance.now());
      // The caller has disconnected or the server closes: do not read again.
      if (request.signal.aborted) return pages.page({ at, positions }, []);
    } finally {
      waiter.stop();
    }
  }
}

async function areStill(request: FeedRequest, streams: readonly string[]): Promise<boolean> {
  const now = new Set(await request.streams());
  return streams.every((stream) => now.has(stream));
}

interface ReadStart {
  /** The offset after which to read each stream. */
  positions: Cursor['positions'];
  /** The last offset of each stream. */
  last: Cursor['positions'];
  /** Whether no entry after the positions is pruned. */
  isReachable: boolean;
}

/** Where to read each stream from; without a start, from its end. */
async function findReadStart(
  app: App,
  streams: readonly string[],
  start: FeedStart | undefined,
): Promise<ReadStart> {
  const found: ReadStart = { positions: {}, last: {}, isReachable: true };
  for (const [stream, head] of await readHeads(app.db, streams)) {
    found.last[stream] = head.last;
    const position = start ? await positionAfter(app, { stream, head }, start) : head.last;
    if (position !== undefined && position >= head.pruned && position <= head.last)
      found.positions[stream] = position;
    else found.isReachable = false;
  }
  return found;
}

/** Undefined when the start names no position of the stream and no time, or entries since that time may be pruned. */
async function positionAfter(
  app: App,
  { stream, head }: { stream: string; head: StreamHead },
  { at, positionOf }: FeedStart,
): Promise<number | undefined> {
  const known = positionOf(stream);
  if (known !== undefined || at === undefined) return known;
  const since = await positionSince(app.db, { stream, head, since: at });
  return since === undefined ? undefined : Math.min(since, head.last);
}

/**
 * The first `limit` entries of all streams together, oldest first, and each stream in the order of its offsets. Undefined when
 * entries after one of the positions were pruned meanwhile.
 */
async function readAll(
  app: App,
  { positions, last }: ReadStart,
  limit: number,
): Promise<StreamEntry[] | undefined> {
  let isWhole = true;
  const lastOffsets = new Map(Object.entries(last));
  const pages = await Promise.all(
    Object.entries(positions).map(async ([stream, offset]) => {
      const entries = await readStream(
        app,
        { stream, offset, last: lastOffsets.get(stream) ?? offset },
        limit,
      );
      if (entries[0] && entries[0].offset !== offset + 1) isWhole = false;
      let [at, event_id] = [0, 0];
      return entries.map((entry) => {
        // Neither a clock that was set back nor ids of several writers may change the order of a stream.
        at = Math.max(at, entry.created_at);
        event_id = Math.max(event_id, entry.event_id);
        return { ...entry, stream, at, event_id };
      });
    }),
  );
  const oldestFirst = pages.flat().sort((a, b) => a.at - b.at || a.event_id - b.event_id);
  return isWhole ? oldestFirst.slice(0, limit) : undefined;
}

/** Up to this number of new entries of a stream is read together with those of other streams. */
const fewEntries = 32;

/**
 * Up to `limit` entries after the offset. An agent may have hundreds of streams, most of them without news: those are not read,
 * and those with little share a query.
 */
async function readStream(
  { db }: App,
  { stream, offset, last }: { stream: string; offset: number; last: number },
  limit: number,
): Promise<LogEntry[]> {
  if (last <= offset) return [];
  if (last - offset > fewEntries) return readAfter(db, stream, offset, limit);
  return (await db.readMany(readMissed, { stream, after: offset })).slice(0, limit);
}
