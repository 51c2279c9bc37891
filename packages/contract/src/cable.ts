/**
 * Commands and frames of `/cable`: Action Cable's base protocol and AnyCable's extended one (cable.md parts A, B and D). The
 * server checks commands and types its frames with these schemas, AsyncAPI is printed from them, and the SDK has its types
 * from them. Unknown keys of a command are ignored, and so is `whisper`, which RoomChannel does not offer.
 */
import Type, { type Static } from 'typebox';
import { StreamPositions } from './positions.ts';
import { named, object, printedAs, UnixSeconds, words } from './schema.ts';

/** Offered in `Sec-WebSocket-Protocol`; the first of the client's list that is here is chosen. */
export const subprotocols = [
  'actioncable-v1-json',
  'actioncable-v1-ext-json',
  'actioncable-unsupported',
] as const;
/** `actioncable-unsupported` is what Action Cable's own client offers last. */
export type Subprotocol = (typeof subprotocols)[number];

/** Seconds between pings of a client that asks for no other interval. */
export const PING_INTERVAL_SECONDS = 3;
/** The longest interval that a client may ask for. */
export const MAX_PING_INTERVAL_SECONDS = 60;

/** Query parameters that a client of the extended protocol may add to the address; on the base protocol they are ignored. */
export const connectionQuery = Type.Object({
  sid: Type.Optional(Type.String({ description: 'the session to resume, from an earlier welcome' })),
  pi: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_PING_INTERVAL_SECONDS,
      description: `seconds between pings, else ${PING_INTERVAL_SECONDS}`,
    }),
  ),
  ptp: Type.Optional(
    Type.Unsafe<'s' | 'ms' | 'ns'>({
      type: 'string',
      enum: ['s', 'ms', 'ns'],
      description: 'precision of the time in pings',
    }),
  ),
});

const idOrText = (description: string) =>
  Type.Optional(Type.Unsafe<number | string | null>({ type: ['integer', 'string', 'null'], description }));

/** Parameters of a subscription, which its `identifier` holds as JSON text (cable.md B.1). */
export const RoomIdentifier = Type.Object(
  {
    channel: Type.Literal('RoomChannel'),
    pubsub_token: Type.String({ description: 'of a contact session, or of an agent' }),
    user_id: idOrText('agents only'),
    account_id: idOrText('agents only'),
    identifier: Type.Optional(Type.String({ description: 'contacts only: proof of identity' })),
    identifier_hash: Type.Optional(Type.String({ description: 'contacts only: proof of identity' })),
  },
  { title: 'RoomIdentifier' },
);
export type RoomIdentifier = Static<typeof RoomIdentifier>;

/** Characters of an identifier; a subscription with a longer one is rejected. */
export const MAX_IDENTIFIER = 4096;

const identifier = Type.String({
  description: 'JSON text naming the channel and its parameters; echoed byte for byte',
  contentMediaType: 'application/json',
  contentSchema: RoomIdentifier,
});

/** From where a client catches up: the last offset it has of each stream, or everything since a time (cable.md D.3). */
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

/** Characters of a presence member's `id`, and of its `info` as JSON; a command with more is ignored (cable.md D.5). */
export const PRESENCE_MEMBER = { maxIdLength: 256, maxInfoLength: 4096 };

/** A member of a presence set. Clients choose the `id`, which names the member within the set; `info` is for the others to read. */
export const PresenceMember = Type.Object(
  {
    id: Type.String({ maxLength: PRESENCE_MEMBER.maxIdLength }),
    info: Type.Optional(
      Type.Unknown({ description: `at most ${PRESENCE_MEMBER.maxInfoLength} characters of JSON` }),
    ),
  },
  { title: 'PresenceMember' },
);
export type PresenceMember = Static<typeof PresenceMember>;

const jsonText = (example: string) => Type.String({ description: `the same as JSON text: \`${example}\`` });

/** The action that a `message` command performs, and its input; RoomChannel has `update_presence` alone (cable.md B.3). */
const ChannelAction = Type.Object({ action: Type.String() }, { title: 'ChannelAction' });

const PresenceQuery = Type.Object(
  { return_records: Type.Optional(Type.Boolean({ description: 'false: the answer has the total only' })) },
  { title: 'PresenceQuery' },
);

/** Commands of clients, by their key `command`. */
export const clientCommands = {
  subscribe: Type.Object(
    {
      command: Type.Literal('subscribe'),
      identifier,
      history: Type.Optional(HistoryRequest),
      presence: Type.Optional(PresenceMember),
    },
    {
      title: 'SubscribeCommand',
      description: '`history` and `presence` (joins the presence set) only on the extended protocol',
    },
  ),
  unsubscribe: Type.Object(
    { command: Type.Literal('unsubscribe'), identifier },
    { title: 'UnsubscribeCommand', description: 'has no answer' },
  ),
  message: Type.Object(
    {
      command: Type.Literal('message'),
      identifier,
      data: Type.Union([ChannelAction, jsonText('{"action":"update_presence"}')]),
    },
    { title: 'MessageCommand', description: 'performs an action of the channel' },
  ),
  history: Type.Object(
    { command: Type.Literal('history'), identifier, history: Type.Optional(HistoryRequest) },
    { title: 'HistoryCommand', description: 'extended protocol' },
  ),
  join: Type.Object(
    { command: Type.Literal('join'), identifier, presence: PresenceMember },
    { title: 'JoinCommand', description: 'extended protocol: joins the presence set' },
  ),
  leave: Type.Object(
    { command: Type.Literal('leave'), identifier },
    { title: 'LeaveCommand', description: 'extended protocol: leaves the presence set' },
  ),
  presence: Type.Object(
    {
      command: Type.Literal('presence'),
      identifier,
      data: Type.Optional(Type.Union([PresenceQuery, jsonText('{"return_records":true}')])),
    },
    { title: 'PresenceCommand', description: 'extended protocol: asks who is in the presence set' },
  ),
  ping: Type.Object(
    { command: Type.Literal('ping') },
    { title: 'PingCommand', description: 'answered with a pong' },
  ),
  pong: Type.Object(
    { command: Type.Literal('pong') },
    { title: 'PongCommand', description: 'extended protocol; accepted and never required' },
  ),
} as const;

/** Any command: a union by `command`. */
export const ClientCommand = Type.Union([
  clientCommands.subscribe,
  clientCommands.unsubscribe,
  clientCommands.message,
  clientCommands.history,
  clientCommands.join,
  clientCommands.leave,
  clientCommands.presence,
  clientCommands.ping,
  clientCommands.pong,
]);
export type ClientCommand = Static<typeof ClientCommand>;

/**
 * Why the server closes the socket. `remote`: the access of a subscription has ended or changed; `too_slow`: the client does not
 * read.
 */
export const DisconnectReason = words('server_restart', 'remote', 'too_slow');
export type DisconnectReason = Static<typeof DisconnectReason>;

/** An event, as every data frame carries it. `events.ts` has the payloads. */
export const CableEvent = object({ event: Type.String(), data: Type.Unknown() });
export type CableEvent = Static<typeof CableEvent>;

/** A change of a presence set, or the answer to a `presence` command. */
export const PresenceMessage = Type.Union([
  named('PresenceInfo', {
    type: Type.Literal('info'),
    total: Type.Integer({ minimum: 0, description: 'members of the set' }),
    records: Type.Optional(Type.Array(PresenceMember)),
  }),
  named('PresenceJoin', { type: Type.Literal('join'), ...PresenceMember.properties }),
  named('PresenceLeave', { type: Type.Literal('leave'), id: Type.String() }),
]);
export type PresenceMessage = Static<typeof PresenceMessage>;

/** Position of each stream of a subscription: events that follow this frame are newer. */
const streams = Type.Optional(
  Type.Unsafe<StreamPositions>({
    ...StreamPositions,
    description: 'extended protocol: position of each stream of the subscription; what follows is newer',
  }),
);

/** Frames of the server, by their key `type`; only a data frame has none. */
export const serverFrames = {
  welcome: named('WelcomeFrame', {
    type: Type.Literal('welcome'),
    sid: Type.Optional(Type.String({ description: 'extended protocol: resumes this connection' })),
    restored: Type.Optional(Type.Literal(true)),
    restored_ids: Type.Optional(
      Type.Array(Type.String(), { description: 'identifiers that are attached again' }),
    ),
  }),
  ping: named('PingFrame', {
    type: Type.Literal('ping'),
    message: printedAs(
      UnixSeconds,
      Type.Unsafe({
        type: ['integer', 'string'],
        description: 'unix seconds; with `ptp` unix milliseconds, or unix nanoseconds as text',
      }),
    ),
  }),
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
  presence: named(
    'PresenceFrame',
    { type: Type.Literal('presence'), identifier, message: PresenceMessage },
    { description: 'extended protocol: presence sets. Not logged' },
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

/** An event. `stream_id`, `epoch` and `offset` are there together, or none of them for an event that is not logged. */
export type DataFrame = Static<typeof serverFrames.data>;
export type PresenceFrame = Static<typeof serverFrames.presence>;

/** Every frame but an event; all have a `type`. */
export const ControlFrame = Type.Union([
  serverFrames.welcome,
  serverFrames.ping,
  serverFrames.pong,
  serverFrames.confirmSubscription,
  serverFrames.rejectSubscription,
  serverFrames.confirmHistory,
  serverFrames.rejectHistory,
  serverFrames.presence,
  serverFrames.disconnect,
]);
export type ControlFrame = Static<typeof ControlFrame>;

/** Any frame of the server. */
export const ServerFrame = Type.Union([ControlFrame, serverFrames.data]);
export type ServerFrame = Static<typeof ServerFrame>;
