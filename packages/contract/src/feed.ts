/**
 * The event log over HTTP: the events after a cursor or after positions, for clients without a socket (client-api.md section
 * 5.15, application-api.md section 6.19). An addition to upstream, which keeps no events (decisions.md 6). The payloads are
 * those of `events.ts`.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, proofKeys, sessionParams, sessionPath } from './paths.ts';
import { StreamPositions } from './positions.ts';
import { FreeForm, fields, named, UnixSeconds } from './schema.ts';

/** An event with its position and a cursor right behind it. */
export const LoggedEvent = named('LoggedEvent', {
  cursor: Type.String({ description: 'position right after this event' }),
  event: Type.String({ description: 'name of the event, e.g. `message.created`' }),
  data: FreeForm,
  created_at: UnixSeconds,
  stream_id: Type.String({ description: 'stream of the event, as in data frames of `/cable`' }),
  epoch: Type.String({ description: 'changes when offsets lose their meaning' }),
  offset: Type.Integer({ minimum: 1, description: 'place of the event in its stream' }),
});
export type LoggedEvent = Static<typeof LoggedEvent>;

/** `reset`: events between the asked place and this page are lost; fetch again what you keep. */
export const EventPage = named('EventPage', {
  events: Type.Array(LoggedEvent, { description: 'in the order they happened' }),
  cursor: Type.String({ description: 'send it as `after` to read on' }),
  streams: Type.Unsafe<StreamPositions>({
    ...StreamPositions,
    description: 'position of each stream behind this page; a subscription to `/cable` can go on from here',
  }),
  reset: Type.Boolean({ description: 'the cursor is older than the log: fetch everything anew' }),
});
export type EventPage = Static<typeof EventPage>;

/** Characters of a cursor or of positions: an agent of some hundred inboxes has as many streams. */
const MAX_POSITIONS = 16_384;

const query = {
  after: Type.Optional(
    Type.String({ maxLength: MAX_POSITIONS, description: 'opaque cursor; absent: from now on' }),
  ),
  streams: Type.Optional(
    Type.String({
      maxLength: MAX_POSITIONS,
      description:
        'instead of `after`: positions as JSON, as `/cable` tells them, `{"<stream_id>":{"epoch":"...","offset":42}}`. ' +
        'Answered with `reset` unless every stream of the caller is among them',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'default 100' })),
  wait: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 25, description: 'seconds to wait for a first event; default 0' }),
  ),
};

export const clientFeed = endpoints({
  listEvents: {
    method: 'GET',
    path: `${sessionPath}/events`,
    auth: 'session',
    tag: 'Events (client)',
    summary: 'Read what happened to the own conversations after a cursor',
    params: sessionParams,
    query: fields({ ...query, ...proofKeys }),
    returns: EventPage,
  },
});

export const agentFeed = endpoints({
  agentListEvents: {
    method: 'GET',
    path: `${accountPath}/events`,
    auth: 'agent',
    tag: 'Events',
    summary: 'Read what happened in the account, as far as the caller may see, after a cursor',
    params: accountParams,
    query: fields(query),
    returns: EventPage,
  },
});
