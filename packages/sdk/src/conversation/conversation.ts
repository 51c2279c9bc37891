/**
 * The state of one conversation for a screen: fetched messages, updated by events, and pending messages of the outbox. After
 * any events it equals what a new fetch would give.
 */
import type { EventOf } from '../cable/subscription.ts';
import type { ClientApi } from '../client-api.ts';
import { asError, HooryError } from '../errors.ts';
import type { Outbox, Pending, SendOptions } from '../outbox/outbox.ts';
import { host, type Timer } from '../platform.ts';
import { Store } from '../store.ts';
import type { Timeouts } from '../timeouts.ts';
import type {
  Availability,
  ContactEvents,
  ConversationStatus,
  EventConversation,
  EventMessage,
  Message,
  SubmittedValues,
  Typing,
} from '../wire.ts';
import { type ConversationDirectory, CURRENT } from './directory.ts';
import { Thread, type ThreadMessage, toThreadMessage } from './thread.ts';
import { TypingSignal, TypingUsers } from './typing.ts';

/** `live`: WebSocket; `polling`: the same events over HTTP; `offline`: neither, tried again all the time. */
export type ConnectionState = 'connecting' | 'live' | 'polling' | 'offline' | 'closed';

export interface ConversationState {
  /** Display id; null until the first message made the conversation. */
  readonly id: number | null;
  readonly uuid: string | null;
  readonly status: ConversationStatus | null;
  /** In order of `id`. */
  readonly messages: readonly ThreadMessage[];
  /** Written here, not yet taken by the server; belongs after `messages`. */
  readonly pending: readonly PendingMessage[];
  /** There may be older messages: `loadOlder`. */
  readonly has_more: boolean;
  /** The first fetch, or a page of older messages, is on its way. */
  readonly loading: boolean;
  /** Why the last fetch failed. */
  readonly error: HooryError | null;
  /** Messages of agents and bots since `contact_last_seen_at`, among those loaded. */
  readonly unread_count: number;
  /** Unix seconds, 0 for never. Moves with events of conversation and typing, and with fetches; the server sends none for it alone. */
  readonly agent_last_seen_at: number;
  /** Unix seconds, 0 for never. */
  readonly contact_last_seen_at: number;
  /** Agents and bots that write at the moment. */
  readonly typing: readonly Typing['user'][];
  /** Agents by user id. */
  readonly agents: Readonly<Record<string, Availability>>;
  readonly connection: ConnectionState;
}

/** A customer's message as it is queued. */
export interface ContactMessage {
  readonly content: string;
  readonly message_type: 0;
}

export type ContactOutbox = Outbox<ContactMessage, Message>;

/** A message that the server has not taken yet. */
export type PendingMessage = Pending<ContactMessage>;

export interface ConversationParts {
  api: ClientApi;
  outbox: ContactOutbox;
  directory: ConversationDirectory;
  timeouts: Timeouts;
  /** Called when the server no longer has the conversation: opens the session again, which may be deleted as well. */
  recover: (place: string, status: number) => Promise<void>;
}

type ContactEvent = EventOf<ContactEvents>;

/** Messages in a page of the Client API (client-api.md section 5.11). */
const PAGE = 20;

const initial: ConversationState = {
  id: null,
  uuid: null,
  status: null,
  messages: [],
  pending: [],
  has_more: false,
  loading: false,
  error: null,
  unread_count: 0,
  agent_last_seen_at: 0,
  contact_last_seen_at: 0,
  typing: [],
  agents: {},
  connection: 'connecting',
};

export class Conversation extends Store<ConversationState> {
  /** The place of the conversation, which `directory.ts` maps to a display id. */
  readonly place: string;
  readonly #parts: ConversationParts;
  #thread = new Thread(toThreadMessage);
  readonly #signal: TypingSignal;
  readonly #typingUsers: TypingUsers<Typing['user']>;
  #fetching: Promise<void> | undefined;
  #again = false;
  #marking: Timer;
  /** A read mark that the server did not get. */
  #unmarked = false;

  constructor(place: string, parts: ConversationParts) {
    super({ ...initial, pending: parts.outbox.pending(place) });
    this.place = place;
    this.#parts = parts;
    this.#signal = new TypingSignal((typing_status) => {
      const conversation_id = this.getState().id;
      if (conversation_id !== null)
        parts.api.toggleTyping({ conversation_id, typing_status }).catch(() => {});
    }, parts.timeouts);
    this.#typingUsers = new TypingUsers((typing) => this.set({ typing }), parts.timeouts);
  }

  /** Queues a message and returns its `echo_id`. It is sent when the server can be reached, once. */
  send(content: string, options: SendOptions = {}): string {
    this.#signal.stop();
    return this.#parts.outbox.add(this.place, { content, message_type: 0 }, options);
  }

  /** Sends a failed message again. */
  retry(echo_id: string): Promise<void> {
    return this.#parts.outbox.retry(echo_id);
  }

  /** Discards a message that is not sent yet and cancels its upload. Returns the function that undoes it. */
  discard(echo_id: string): () => void {
    return this.#parts.outbox.discard(echo_id);
  }

  /** Call at every key: agents see that somebody writes. */
  type(): void {
    this.#signal.key();
  }

  stopTyping(): void {
    this.#signal.stop();
  }

  /** Marks the conversation as read. May be called at every draw: a request is sent only when messages were unread. */
  read(): void {
    const { id, messages, unread_count } = this.getState();
    if (id === null || !unread_count) return;
    this.#show({ contact_last_seen_at: messages.at(-1)?.created_at ?? 0 });
    this.#mark();
  }

  /** Loads the page before the oldest message. Throws `HooryError`. */
  async loadOlder(): Promise<void> {
    const { id, messages, has_more, loading } = this.getState();
    if (id === null || !has_more || loading) return;
    this.set({ loading: true });
    try {
      const before = messages[0]?.id;
      const tick = this.#thread.beginFetch();
      const page = await this.#parts.api.listMessages({ conversation_id: id, ...(before && { before }) });
      // A refetch meanwhile may have moved the oldest message: the page would leave a hole.
      const fits = before === this.#thread.messages[0]?.id && this.#thread.prepend(page, tick);
      if (fits) this.#show({ has_more: page.length === PAGE });
    } finally {
      this.set({ loading: false });
    }
  }

  /** Ends the conversation; a further message reopens it. */
  async resolve(): Promise<void> {
    const answer = await this.#parts.api.toggleStatus({ conversation_id: await this.#id() });
    this.set({ status: answer.status });
  }

  /** Answers a form, a choice or a survey in the conversation (client-api.md section 2.8). */
  async submit(message_id: number, submitted_values: SubmittedValues): Promise<void> {
    const conversation_id = await this.#id();
    const message = await this.#parts.api.updateMessage({ conversation_id, message_id, submitted_values });
    this.#thread.amend(message);
    this.#show({});
  }

  /** Answers the survey that came with the end of the conversation, also after it left the screen. */
  async rate(rating: { rating: number; feedback_message?: string }): Promise<void> {
    const { uuid } = this.getState();
    const conversation_uuid =
      uuid ?? (await this.#parts.api.getConversation({ conversation_id: await this.#id() })).uuid;
    const message = { submitted_values: { csat_survey_response: rating } };
    await this.#parts.api.updateCsatSurvey({ conversation_uuid, message });
  }

  /** Fetches again. Calls during a fetch are merged into one fetch after it. Never throws: see `error`. */
  refresh(): Promise<void> {
    if (this.#fetching) {
      this.#again = true;
      return this.#fetching;
    }
    this.#fetching = this.#fetchUntilFresh().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** The pending messages in the outbox have changed. */
  handlePending(): void {
    this.set({ pending: this.#parts.outbox.pending(this.place) });
  }

  /** The server has taken a message of this conversation. */
  handleSent(message: Message, echo_id: string): void {
    this.#thread.confirm({ ...message, echo_id });
    this.#show({ pending: this.#parts.outbox.pending(this.place) });
  }

  /** The conversation exists now; its status and uuid are yet to be fetched. */
  setId(id: number): void {
    if (this.getState().id !== null) return;
    this.set({ id });
    void this.refresh();
  }

  /** Takes an event of the session, and ignores it when it is of another conversation. */
  handleEvent(event: ContactEvent): void {
    if (hasPrefix(event, 'conversation.typing')) this.#handleTyping(event.event, event.data);
    else if (hasPrefix(event, 'message.')) this.#handleMessage(event.data);
    else if (hasPrefix(event, 'conversation.')) this.#handleConversation(event.data);
  }

  /** Takes the part of the state that all conversations share. */
  setClientState(around: Pick<ConversationState, 'connection' | 'agents'>): void {
    this.set(around);
    if (around.connection === 'offline') this.#typingUsers.clear();
  }

  close(): void {
    host.clearTimeout(this.#marking);
    this.#marking = undefined;
    this.#signal.stop();
    this.#typingUsers.clear();
  }

  /** Forgets everything fetched, because the server no longer has the conversation or its session. */
  clear(): void {
    this.close();
    this.#thread = new Thread(toThreadMessage);
    const { agents, connection } = this.getState();
    this.set({ ...initial, agents, connection, pending: this.#parts.outbox.pending(this.place) });
  }

  #handleMessage(event: EventMessage): void {
    if (!this.#isMine(event.conversation_id)) return;
    if (event.sender) this.#typingUsers.off(event.sender);
    this.#thread.apply(event);
    // Another tab or device has marked the message as read.
    const seen = event.status === 'read' && event.message_type !== 0 ? event.created_at : 0;
    this.#show({ pending: this.#parts.outbox.pending(this.place), contact_last_seen_at: seen });
  }

  #handleConversation({ id, status, agent_last_seen_at, contact_last_seen_at }: EventConversation): void {
    if (this.#isMine(id)) this.#show({ status, agent_last_seen_at, contact_last_seen_at });
  }

  #handleTyping(name: string, { conversation, user, is_private }: Typing): void {
    if (is_private || conversation.id !== this.getState().id) return;
    if (name === 'conversation.typing_on') this.#typingUsers.on(user);
    else this.#typingUsers.off(user);
    // An agent who types has read: no other event carries this time as early.
    this.#show({ agent_last_seen_at: conversation.agent_last_seen_at });
  }

  /** Fetches when the current conversation was created elsewhere: in another tab, or by an agent. */
  #isMine(id: number): boolean {
    const state = this.getState();
    if (state.id === null && this.place === CURRENT) void this.refresh();
    return state.id === id;
  }

  async #fetchUntilFresh(): Promise<void> {
    if (this.getState().status === null) this.set({ loading: true });
    do {
      this.#again = false;
      await this.#fetch().then(
        () => this.set({ error: null }),
        (thrown) => this.#failed(asError(thrown)),
      );
    } while (this.#again);
    this.set({ loading: false });
  }

  async #failed(error: HooryError): Promise<void> {
    if (error.status === 404 && this.place === CURRENT && this.getState().id !== null) {
      await this.#parts.recover(this.place, error.status).catch(() => {});
      this.clear();
      this.#again = true;
    } else this.set({ error });
  }

  async #fetch(): Promise<void> {
    const { api, directory } = this.#parts;
    const conversation_id = this.getState().id ?? (await directory.find(this.place));
    if (conversation_id === undefined) return;
    const tick = this.#thread.beginFetch();
    const { uuid, status, messages, ...seen } = await api.getConversation({ conversation_id });
    // The server may cap the messages of a conversation: read on, down to where this screen has come. `loadOlder` may move
    // that place during each request.
    const all = [...messages];
    let has_more = messages.length >= PAGE;
    while (has_more && all[0] && all[0].id > (this.#thread.messages[0]?.id ?? Infinity)) {
      const page = await api.listMessages({ conversation_id, before: all[0].id });
      all.unshift(...page);
      has_more = page.length === PAGE;
    }
    this.#thread.replace(all, tick);
    const { contact_last_seen_at, agent_last_seen_at } = seen;
    this.#show({ id: conversation_id, uuid, status, has_more, contact_last_seen_at, agent_last_seen_at });
    if (this.#unmarked) this.#mark();
  }

  async #id(): Promise<number> {
    const id = this.getState().id ?? (await this.#parts.directory.find(this.place));
    if (id === undefined) throw new HooryError('not_found', 'The conversation begins with its first message');
    return id;
  }

  #mark(): void {
    if (this.#marking) return;
    this.#marking = host.setTimeout(() => {
      this.#marking = undefined;
      this.#unmarked = false;
      const conversation_id = this.getState().id;
      if (conversation_id === null) return;
      this.#parts.api.updateLastSeen({ conversation_id }).catch(() => {
        this.#unmarked = true;
      });
    }, this.#parts.timeouts.readDelayMs);
  }

  /** Sets the state, with what follows from it. Last-seen times only move forward. */
  #show(change: Partial<ConversationState>): void {
    const state = this.getState();
    const contact_last_seen_at = Math.max(state.contact_last_seen_at, change.contact_last_seen_at ?? 0);
    const agent_last_seen_at = Math.max(state.agent_last_seen_at, change.agent_last_seen_at ?? 0);
    const { messages } = this.#thread;
    const unread = messages.filter((one) => one.message_type !== 0 && one.created_at > contact_last_seen_at);
    const unread_count = unread.length;
    this.set({ ...change, messages, contact_last_seen_at, agent_last_seen_at, unread_count });
  }
}

function hasPrefix<Prefix extends string>(
  event: ContactEvent,
  prefix: Prefix,
): event is Extract<ContactEvent, { event: `${Prefix}${string}` }> {
  return event.event.startsWith(prefix);
}
