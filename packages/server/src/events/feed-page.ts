/** The responses of the feed: events with their positions, and the cursor after them. */
import type { LoggedEvent, StreamPositions } from '@hoory/contract';
import type { App } from '../app.ts';
import { readPayload } from '../free-form.ts';
import { type Cursor, type Holder, writeCursor } from './cursor.ts';
import type { LogEntry } from './read.ts';
import { streamIdOf } from './stream-id.ts';

export interface FeedPage {
  events: LoggedEvent[];
  cursor: string;
  streams: StreamPositions;
  reset: boolean;
}

export type StreamEntry = LogEntry & { stream: string };

/** A position in the log of this epoch. */
export type FeedPosition = Omit<Cursor, 'epoch'>;

/** Makes the responses to one holder of cursors. */
export function openPages(app: App, name: string) {
  const holder: Holder = { key: app.installation.key, name };
  const { epoch } = app.installation;
  const placeOf = (stream: string, offset: number) => ({ stream_id: streamIdOf(app, stream), epoch, offset });
  const streamsOf = (positions: Cursor['positions']): StreamPositions =>
    Object.fromEntries(
      Object.entries(positions).map(([stream, offset]) => [streamIdOf(app, stream), { epoch, offset }]),
    );

  return {
    reset: ({ at, positions }: FeedPosition): FeedPage => ({
      events: [],
      cursor: writeCursor(holder, { at, positions, epoch }),
      streams: streamsOf(positions),
      reset: true,
    }),

    page({ at, positions }: FeedPosition, entries: readonly StreamEntry[]): FeedPage {
      const reached = { ...positions };
      const events = entries.map(({ stream, offset, event, payload, created_at }): LoggedEvent => {
        reached[stream] = offset;
        return {
          cursor: writeCursor(holder, { at, positions: reached, epoch }),
          event,
          data: dataOf(payload),
          created_at: Math.floor(created_at / 1000),
          ...placeOf(stream, offset),
        };
      });
      return {
        events,
        cursor: writeCursor(holder, { at, positions: reached, epoch }),
        streams: streamsOf(reached),
        reset: false,
      };
    },
  };
}

/** `emit` writes `{"event":...,"data":...}`. */
const dataOf = (payload: string) => readPayload(payload.slice(payload.indexOf(dataKey) + dataKey.length, -1));
const dataKey = ',"data":';
