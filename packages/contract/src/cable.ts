/**
 * Frames of /cable in both directions: Action Cable's base protocol and its resumable extension (cable.md parts A, B, D).
 * What clients send is read leniently: extra keys are ignored, and so is `whisper`, which RoomChannel does not offer.
 * Presence sets (`join`, `leave`, `presence`, cable.md D.5) are AnyCable's own and served as its clients speak them.
 */
import Type, { type Static } from 'typebox';
import { StreamPositions } from './positions.ts';
import { named, object, UnixSeconds, words } from './schema.ts';

/** Offered in `Sec-WebSocket-Protocol`; the first of the client's list that is here is chosen. */
export const subprotocols = [
  'actioncable-v1-json',
  'actioncable-v1-ext-json',
  'actioncable-unsupported',
] as const;
export type Subprotocol = (typeof subprotocols)[number];

/** Seconds between pings. */
export const PING_INTERVAL = 3;

/** What a client of the extended protocol may add to the address; on the base protocol it is ignored. */
export const connectionQuery = Type.Object({
  sid: Type.Optional(Type.String({ description: 'the session to resume, from an earlier welcome' })),
  pi: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, description: 'seconds between pings' })),
  ptp: Type.Optional(
    Type.Unsafe<'s' | 'ms' | 'ns'>({
      type: 'string',
      enum: ['s', 'ms', 'ns'],
      description: 'precision of the time in pings',
    }),
  ),
});

const identifier = Type.String({
  description: 'JSON text naming the channel and its parameters; echoed byte for byte',
});

/** Parameters inside a subscription's `identifier`. */
export const RoomIdentifier = Type.Object(
  {
    channel: Type.Literal('RoomChannel'),
    pubsub_token: Type.String(),
    user_id: Type.Optional(
      Type.Unsafe<number | string | null>({
        type: ['integer', 'string', 'null'],
        description: 'agents only',
      }),
    ),
    account_id: Type.Optional(
      Type.Unsafe<number | string | null>({
        type: ['integer', 'string', 'null'],
        description: 'agents only',
      }),
    ),
  },
  { title: 'RoomIdentifier' },
);
export type RoomIdentifier = Static<typeof RoomIdentifier>;

/** From where a client wants to catch up: per stream its last offset, else everything since a time. */
export const HistoryRequest = Type.Object(
  {
    since: Type.Optional(
      Type.Number({
        description:
          'unix seconds; for streams without a position. Includes everything that was committed since then',
      }),
    ),
    streams: Type.Optional(StreamPositions),
  },
  { title: 'HistoryRequest' },
);
export type HistoryRequest = Static<typeof HistoryRequest>;

/** What a client sends, told apart by `command`. */
export const clientCommands = {
  subscribe: Type.Object(
    {
      command: Type.Literal('subscribe'),
      identifier,
      history: Type.Optional(HistoryRequest),
    },
    { title: 'SubscribeCommand' },
  ),
  unsubscribe: Type.Object(
    { command: Type.Literal('unsubscribe'), identifier },
    { title: 'UnsubscribeCommand', description: 'has no answer' },
  ),
  message: Type.Object(
    {
      command: Type.Literal('message'),
      identifier,
      data: Type.Optional(
        Type.Unknown({ description: '`{"action":"update_presence"}`, as an object or as JSON text' }),
      ),
    },
    { title: 'MessageCommand' },
  ),
  history: Type.Object(
    { command: Type.Literal('history'), identifier, history: HistoryRequest },
    { title: 'HistoryCommand', description: 'extended protocol' },
  ),
  ping: Type.Object(
    { command: Type.Literal('ping') },
    { title: 'PingCommand', description: 'extended protocol; answered with a pong' },
  ),
  pong: Type.Object(
    { command: Type.Literal('pong') },
    { title: 'PongCommand', description: 'extended protocol' },
  ),
} as const;

export const ClientCommand = Type.Union([
  clientCommands.subscribe,
  clientCommands.unsubscribe,
  clientCommands.message,
  clientCommands.history,
  clientCommands.ping,
  clientCommands.pong,
]);
export type ClientCommand = Static<typeof ClientCommand>;

export const DisconnectReason = words(
  'unauthorized',
  'invalid_request',
  'server_restart',
  'remote',
  'no_pong',
  'too_slow',
  'idle_timeout',
);
export type DisconnectReason = Static<typeof DisconnectReason>;

/** An event, as every data frame carries it. `events.ts` has the payloads. */
export const CableEvent = object({ event: Type.String(), data: Type.Unknown() });
export type CableEvent = Static<typeof CableEvent>;

/** Where a subscription stands, told in the answer behind which its events come as they happen. */
const streams = Type.Optional(
  Type.Unsafe<StreamPositions>({
    ...StreamPositions,
    description: 'extended protocol: position of each stream of the subscription; what follows is newer',
  }),
);

/** What the server sends, told apart by `type`; only a data frame has none. */
export const serverFrames = {
  welcome: named('WelcomeFrame', {
    type: Type.Literal('welcome'),
    sid: Type.Optional(Type.String({ description: 'extended protocol: resumes this connection' })),
    restored: Type.Optional(Type.Literal(true)),
    restored_ids: Type.Optional(
      Type.Array(Type.String(), { description: 'identifiers that are attached again' }),
    ),
  }),
  ping: named('PingFrame', { type: Type.Literal('ping'), message: UnixSeconds }),
  pong: named('PongFrame', { type: Type.Literal('pong') }),
  confirmSubscription: named('ConfirmSubscriptionFrame', {
    type: Type.Literal('confirm_subscription'),
    identifier,
    streams,
  }),
  rejectSubscription: named('RejectSubscriptionFrame', {
    type: Type.Literal('reject_subscription'),
    identifier,
  }),
  confirmHistory: named('ConfirmHistoryFrame', {
    type: Type.Literal('confirm_history'),
    identifier,
    streams,
  }),
  rejectHistory: named(
    'RejectHistoryFrame',
    { type: Type.Literal('reject_history'), identifier, streams },
    { description: 'events may have been missed: fetch anew; also sent without a request' },
  ),
  disconnect: named('DisconnectFrame', {
    type: Type.Literal('disconnect'),
    reason: DisconnectReason,
    reconnect: Type.Boolean(),
  }),
  data: named('DataFrame', {
    identifier,
    message: CableEvent,
    stream_id: Type.Optional(Type.String({ description: 'extended protocol: absent on transient events' })),
    epoch: Type.Optional(Type.String({ description: 'changes when offsets lose their meaning' })),
    offset: Type.Optional(
      Type.Integer({ minimum: 1, description: 'one more with each event of the stream' }),
    ),
  }),
} as const;

export const ServerFrame = Type.Union([
  serverFrames.welcome,
  serverFrames.ping,
  serverFrames.pong,
  serverFrames.confirmSubscription,
  serverFrames.rejectSubscription,
  serverFrames.confirmHistory,
  serverFrames.rejectHistory,
  serverFrames.disconnect,
  serverFrames.data,
]);
export type ServerFrame = Static<typeof ServerFrame>;
