/** Front page of the client. */

/** Agents and bots: typed calls, and what a `Cable` subscribes to. */
export {
  type AgentClient,
  type AgentClientOptions,
  type AgentEndpoint,
  type AgentInput,
  type AgentOutput,
  agentRoom,
  createAgentClient,
  roomOf,
} from './agent.ts';
export type { BackoffOptions } from './backoff.ts';
/** The live connection by itself. */
export { Cable } from './cable/cable.ts';
export type { FeedFetch } from './cable/feed.ts';
export type { Positions } from './cable/frames.ts';
export type { CableOptions } from './cable/hub.ts';
export type { SubscriptionState } from './cable/phase.ts';
export type {
  ChannelParams,
  EventOf,
  SubscribeOptions,
  Subscription,
  SubscriptionEvents,
} from './cable/subscription.ts';
export type { CallOptions } from './call.ts';
/** Customers: begin here. */
export {
  type Client,
  type ClientEvents,
  type ClientOptions,
  type ClientState,
  createClient,
} from './client.ts';
export type { ClientApi, ContactFields, CreateContact, Proof } from './client-api.ts';
export type {
  ConnectionState,
  ContactMessage,
  Conversation,
  ConversationState,
  PendingMessage,
} from './conversation/conversation.ts';
/** Parts for other clients, such as the dashboard: merged messages, typing. */
export { Thread, type ThreadMessage } from './conversation/thread.ts';
export { TypingSignal, TypingUsers } from './conversation/typing.ts';
export type { Listener } from './emitter.ts';
/** The one error. */
export { type ErrorCode, HooryError, type HooryErrorFields } from './errors.ts';
/** Enter, also with input methods. */
export { isComposedEnter, isComposing, isEnter, type KeyPress } from './keys.ts';
/** The durable queue without a client: for agents and bots. */
export {
  type Address,
  Outbox,
  type OutboxEvents,
  type OutboxOptions,
  type Pending,
  type SendOptions,
} from './outbox/outbox.ts';
/** Upload progress: `agent.call(..., { files, send: uploader(show) })`. */
export { uploader } from './outbox/upload.ts';
export type {
  BlobLike,
  Fetch,
  FetchInit,
  FetchResponse,
  FileLike,
  KeyValueStorage,
  Send,
  SentRequest,
  SignalLike,
  SocketConstructor,
  SocketLike,
} from './platform.ts';
export type { Identity, IdentityOption } from './session.ts';
export { type SignIn, type SignInHeaders, type SignInOptions, signIn } from './sign-in.ts';
/** The storage of an `Outbox`. */
export { JsonStorage, memoryStorage } from './storage.ts';
/** The text of messages as a tree to draw: of customers as typed, of the company as Markdown. */
export { parseMarkdown } from './text/markdown.ts';
export { parseMessageText } from './text/message-text.ts';
export { type TextElement, type TextNode, type TextTag, textOf } from './text/text-node.ts';
/** Text on screens, cut where people see no harm. */
export { cut, firstCharacter } from './text.ts';
export type { Timeouts } from './timeouts.ts';
export type * from './wire.ts';
