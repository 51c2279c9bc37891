/** The log over HTTP (design.md section 6): what came after a cursor on several streams, or the wait for it. */
import type { App } from '../app.ts';
import { invalid } from '../errors.ts';
import { readPayload } from '../free-form.ts';
import { accessStream } from './access.ts';
import type { Notice } from './bus.ts';
import { type Cursor, type Holder, readCursor, writeCursor } from './cursor.ts';
import { type LogEntry, positionSince, readAfter, readHeads } from './read.ts';

export interface FeedRequest {
  /** Names the caller: a cursor serves nobody else. */
  holder: string;
  /** The caller's streams as they are now; asked again after each wait. */
  streams(): Promise<readonly string[]>;
  /** Undefined reads from now on. */
  after: string | undefined;
  limit: number;
  /** Seconds to wait for a first event. */
  wait: number;
  /** Ends the wait when the caller hangs up. */
  signal: AbortSignal;
}

export interface FeedPage {
  events: { cursor: string; event: string; data: Record<string, unknown>; created_at: number }[];
  cursor: string;
  reset: boolean;
}

type StreamEntry = LogEntry & { stream: string };

/**
 * Events after a cursor in the order they happened; `reset` and a cursor from now when the log no longer reaches back.
 * @throws invalid when the cursor is not one of this caller's
 */
export async function readFeed(app: App, request: FeedRequest): Promise<FeedPage> {
  const holder = { key: app.installation.key, name: request.holder };
  // Not the app's clock: this one runs evenly, and also where tests stand still.
  const until = performance.now() + request.wait * 1000;
  let cursor = request.after ? readCursor(holder, request.after) : undefined;
  if (request.after && !cursor) throw invalid('after', 'After is not a cursor of this feed');
  for (;;) {
    const waiter = waitFor(app, request.signal);
    try {
      const at = app.now();
      const streams = await request.streams();
      const place = await findPlace(app, streams, cursor);
      if (!place.isReachable)
        return { events: [], cursor: writeCursor(holder, { at, positions: place.last }), reset: true };
      const entries = await readAll(app, place.positions, request.limit);
      // Who lost a right while this was read is not told what came after.
      if (entries.length && !(await areStill(request, streams))) continue;
      if (entries.length || request.signal.aborted || performance.now() >= until)
        return toPage(holder, { at, positions: place.positions }, entries);
      cursor = { at, positions: place.positions };
      await waiter.wake(Object.keys(place.positions), until - performance.now());
      // Nobody waits any more, and the server may be closing.
      if (request.signal.aborted) return toPage(holder, cursor, []);
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

/** Where to read each stream from; without a cursor, from its end. */
async function findPlace(app: App, streams: readonly string[], cursor: Cursor | undefined): Promise<Place> {
  const place: Place = { positions: {}, last: {}, isReachable: true };
  for (const [stream, { last, pruned }] of await readHeads(app.db, streams)) {
    const known = cursor?.positions[stream];
    const since = cursor && known === undefined ? await positionSince(app.db, stream, cursor.at) : undefined;
    const position = known ?? since ?? last;
    if (known !== undefined && (known < pruned || known > last)) place.isReachable = false;
    place.positions[stream] = position;
    place.last[stream] = last;
  }
  return place;
}

/** The first entries of all streams together, oldest first; each stream in its own order. */
async function readAll(app: App, positions: Cursor['positions'], limit: number): Promise<StreamEntry[]> {
  const pages = await Promise.all(
    Object.entries(positions).map(async ([stream, offset]) => {
      let at = 0;
      return (await readAfter(app.db, stream, offset, limit)).map((entry) => {
        // A clock that was set back must not turn the order of a stream.
        at = Math.max(at, entry.created_at);
        return { ...entry, stream, at };
      });
    }),
  );
  return pages
    .flat()
    .sort((a, b) => a.at - b.at)
    .slice(0, limit);
}

function toPage(holder: Holder, { at, positions }: Cursor, entries: readonly StreamEntry[]): FeedPage {
  const reached = { ...positions };
  const events = entries.map(({ stream, offset, event, payload, created_at }) => {
    reached[stream] = offset;
    return {
      cursor: writeCursor(holder, { at, positions: reached }),
      event,
      data: dataOf(payload),
      created_at: Math.floor(created_at / 1000),
    };
  });
  return { events, cursor: writeCursor(holder, { at, positions: reached }), reset: false };
}

/** `emit` writes `{"event":...,"data":...}`. */
const dataOf = (payload: string) => readPayload(payload.slice(payload.indexOf(dataKey) + dataKey.length, -1));
const dataKey = ',"data":';

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
