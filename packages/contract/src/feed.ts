/** The event log over HTTP: what happened after a cursor, for callers without a socket. */
import Type, { type Static } from 'typebox';
import { MAX_OPAQUE } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, proofKeys, sessionParams, sessionPath } from './paths.ts';
import { FreeForm, fields, named, UnixSeconds } from './schema.ts';

export const LoggedEvent = named('LoggedEvent', {
  cursor: Type.String({ description: 'position right after this event' }),
  event: Type.String({ description: 'name of the event, e.g. `message.created`' }),
  data: FreeForm,
  created_at: UnixSeconds,
});
export type LoggedEvent = Static<typeof LoggedEvent>;

export const EventPage = named('EventPage', {
  events: Type.Array(LoggedEvent, { description: 'in the order they happened' }),
  cursor: Type.String({ description: 'send it as `after` to read on' }),
  reset: Type.Boolean({ description: 'the cursor is older than the log: fetch everything anew' }),
});
export type EventPage = Static<typeof EventPage>;

const query = {
  after: Type.Optional(
    Type.String({ maxLength: MAX_OPAQUE, description: 'opaque cursor; absent: from now on' }),
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
