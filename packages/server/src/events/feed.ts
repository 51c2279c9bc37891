/** The log over HTTP (decisions.md 6): what came after a cursor on several streams, or the wait for it. */
import type { App } from '../app.ts';
import { accessStream } from './access.ts';
import type { Notice } from './bus.ts';
import type { Cursor } from './cursor.ts';
import { type FeedPage, openPages, type StreamEntry } from './feed-page.ts';
import { type FeedStart, readStart } from './feed-start.ts';
import { positionSince } from './position-since.ts';
import { readAfter, readHeads, type StreamHead } from './read.ts';

export interface FeedRequest {
  /** Names the caller: a cursor serves nobody else. */
  holder: string;
  /** The caller's streams as they are now; asked again after each wait. */
  streams(): Promise<readonly string[]>;
  /** A cursor; without it and without `positions` the feed reads from now on. */
  after: string | undefined;
  /** Instead of a cursor: JSON of the positions by stream id, as the socket tells them. */
  positions: string | undefined;
  limit: number;
  /** Seconds to wait for a first event. */
  wait: number;
  /** Ends the wait when the caller hangs up. */
  signal: AbortSignal;
}

/**
 * Events after a cursor in the order they happened; `reset` and a cursor from now when the log no longer reaches back.
 * @throws invalid when the cursor is not one of this caller's, or the positions are no JSON object
 */
export async function readFeed(app: App, request: FeedRequest): Promise<FeedPage> {
  const pages = openPages(app, request.holder);
  // Not the app's clock: this one runs evenly, and also where tests stand still.
  const until = performance.now() + request.wait * 1000;
  let start = readStart(app, request);
  for (;;) {
    const waiter = waitFor(app, request.signal);
    try {
      const at = app.now();
      const streams = await request.streams();
      const place = await findPlace(app, streams, start);
      const { positions } = place;
      const entries = place.isReachable && (await readAll(app, positions, request.limit));
      if (!entries) return pages.reset({ at, positions: place.last });
      // A caller that lost a right while the log was read must not be sent what came after.
      if (entries.length && !(await areStill(request, streams))) continue;
      if (entries.length || request.signal.aborted || performance.now() >= until)
        return pages.page({ at, positions }, entries);
      start = { at, positionOf: (stream) => positions[stream] };
      await waiter.wake(Object.keys(positions), until - performance.now());
      // Nobody waits any more, and the server may be closing.
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

interface Place {
  positions: Cursor['positions'];
  last: Cursor['positions'];
  isReachable: boolean;
}

/** Where to read each stream from; without a start, from its end. */
async function findPlace(app: App, streams: readonly string[], start: FeedStart | undefined): Promise<Place> {
  const place: Place = { positions: {}, last: {}, isReachable: true };
  for (const [stream, head] of await readHeads(app.db, streams)) {
    place.last[stream] = head.last;
    const position = start ? await positionAfter(app, { stream, head }, start) : head.last;
    if (position !== undefined && position >= head.pruned && position <= head.last)
      place.positions[stream] = position;
    else place.isReachable = false;
  }
  return place;
}

/** Undefined when the start says nothing of the stream, or what it may have missed was pruned. */
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
 * The first entries of all streams together, oldest first; each stream in its own order. Undefined when entries were pruned
 * behind one of the positions meanwhile.
 */
async function readAll(
  app: App,
  positions: Cursor['positions'],
  limit: number,
): Promise<StreamEntry[] | undefined> {
  let isWhole = true;
  const pages = await Promise.all(
    Object.entries(positions).map(async ([stream, offset]) => {
      const entries = await readAfter(app.db, stream, offset, limit);
      if (entries[0] && entries[0].offset !== offset + 1) isWhole = false;
      let at = 0;
      return entries.map((entry) => {
        // A clock that was set back must not turn the order of a stream.
        at = Math.max(at, entry.created_at);
        return { ...entry, stream, at };
      });
    }),
  );
  const oldestFirst = pages.flat().sort((a, b) => a.at - b.at);
  return isWhole ? oldestFirst.slice(0, limit) : undefined;
}

/** Listens from now on, so that nothing is missed between the reading and the wait. */
function waitFor(app: App, signal: AbortSignal) {
  const heard = new Set<string>();
  let isGap = false;
  let look = () => {};
  const hear = (notice: Notice) => {
    if ('recorded' in notice) for (const { stream } of notice.recorded) heard.add(stream);
    look();
  };
  const stopHearing = app.bus.subscribe(hear);
  const stopWatching = app.bus.onGap(() => {
    isGap = true;
    look();
  });
  return {
    stop: () => {
      stopHearing();
      stopWatching();
    },
    /** Resolves when one of the streams moves or may have moved, rights change, the caller hangs up or `limit` milliseconds are over. */
    wake: (streams: readonly string[], limit: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limit);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', done, { once: true });
        look = () => {
          if (isGap || heard.has(accessStream) || streams.some((stream) => heard.has(stream))) done();
        };
        look();
      }),
  };
}
