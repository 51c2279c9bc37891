/** The client of a customer: one object that connects session, live connection, conversations and outbox. */
import { backoff } from './backoff.ts';
import { Hub } from './cable/hub.ts';
import type { EventOf, Subscription } from './cable/subscription.ts';
import type { CallOptions } from './call.ts';
import { type ClientApi, createClientApi } from './client-api.ts';
import {
  type ConnectionState,
  type ContactMessage,
  type ContactOutbox,
  Conversation,
} from './conversation/conversation.ts';
import { ConversationDirectory, CURRENT } from './conversation/directory.ts';
import { Emitter, type Listener } from './emitter.ts';
import { asError, HooryError } from './errors.ts';
import { createHttp } from './http.ts';
import { type Address, Outbox } from './outbox/outbox.ts';
import {
  type Fetch,
  host,
  type KeyValueStorage,
  onStorage,
  onWake,
  type SocketConstructor,
  sleep,
} from './platform.ts';
import { type Identity, type IdentityOption, Session } from './session.ts';
import { JsonStorage } from './storage.ts';
import { Store } from './store.ts';
import { defaultTimeouts, type Timeouts } from './timeouts.ts';
import type { Availability, ContactEvents, ContactSession, Message } from './wire.ts';

export interface ClientOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  /** Identifier of the API inbox. */
  inbox: string;
  identity?: IdentityOption;
  /** `localStorage` where there is one, else memory. */
  storage?: KeyValueStorage;
  fetch?: Fetch;
  /** Without any WebSocket the client polls. */
  WebSocket?: SocketConstructor;
  timeouts?: Partial<Timeouts>;
}

export interface ClientState {
  readonly connection: ConnectionState;
  readonly session: ContactSession | null;
  /** Agents by user id. */
  readonly agents: Readonly<Record<string, Availability>>;
  /** Why the session could not be opened. */
  readonly error: HooryError | null;
}

/** Every event of the session, and `reset`: events may have been missed, fetch what you keep yourself. */
export type ClientEvents = ContactEvents & { reset: undefined };

/** Nothing is sent before `open()`. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

export class Client extends Store<ClientState> {
  /** Every call of the Client API, for this session. */
  readonly api: ClientApi;
  readonly #options: ClientOptions;
  readonly #timeouts: Timeouts;
  readonly #events = new Emitter<ClientEvents>();
  readonly #session: Session;
  readonly #directory: ConversationDirectory;
  readonly #outbox: ContactOutbox;
  readonly #conversations = new Map<string, Conversation>();
  #current = CURRENT;
  #hub: Hub | undefined;
  #room: Subscription<ContactEvents> | undefined;
  #opening: Promise<ContactSession> | undefined;
  #life = new host.AbortController();
  #wait = new host.AbortController();

  constructor(options: ClientOptions) {
    super({ connection: 'connecting', session: null, agents: {}, error: null });
    const { base, inbox, fetch, storage, identity } = options;
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    const jsonStorage = new JsonStorage(storage, `hoory:${base}:${inbox}:`);
    this.api = createClientApi(createHttp({ base, fetch }), inbox, () => this.#session.sourceId());
    this.#session = new Session({
      api: this.api,
      storage: jsonStorage,
      identity,
      onLeave: () => this.#clear(),
    });
    this.#directory = new ConversationDirectory(this.api, jsonStorage);
    this.#outbox = new Outbox({
      storage: jsonStorage,
      post: this.#post,
      retry: this.#timeouts.retry,
      recover: this.#recover,
    });
    this.#outbox.on('change', (place) => this.#conversations.get(place)?.handlePending());
    this.#outbox.on('sent', ({ place, echo_id, answer }) =>
      this.#conversations.get(place)?.handleSent(answer, echo_id),
    );
  }

  /**
   * Opens or restores the session, connects, and sends what an earlier page left behind. Waits for the network as long
   * as it takes. Throws `HooryError` when the server refuses; may then be called again.
   */
  open(): Promise<ContactSession> {
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** The conversation with this display id; without one the newest, or one that begins with its first message. */
  conversation(id?: number): Conversation {
    return this.#conversationAt(id === undefined ? this.#current : String(id));
  }

  /** A new conversation, made by its first message. From now on it is the one that `conversation()` returns. */
  startConversation({
    custom_attributes,
  }: {
    custom_attributes?: Record<string, unknown>;
  } = {}): Conversation {
    this.#current = this.#directory.reserve(custom_attributes);
    return this.#conversationAt(this.#current);
  }

  /** Calls `listener` at every event of this name, once per event. Returns the function that removes it. */
  on<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): () => void {
    return this.#events.on(name, listener);
  }

  /** Proves the identity of the customer and stores the given fields. Throws `HooryError`. */
  async identify(identity: Identity): Promise<ContactSession> {
    const session = await this.#session.identify(identity);
    if (!this.#opening) return this.open();
    this.#adopt(session);
    this.#connect(session);
    return session;
  }

  /** Signs out: forgets session, conversations and unsent messages. `open()` then creates a new session. */
  async reset(): Promise<void> {
    this.#disconnect();
    this.#setShared({ connection: 'closed' });
    await this.#session.forget();
  }

  /** Ends every wait before a retry, for apps that learn that the network is back. In browsers this happens without a call. */
  wake(): void {
    this.#wait.abort();
    this.#wait = new host.AbortController();
    this.#hub?.wake();
    if (this.#opening) this.#outbox.wake();
  }

  /** Disconnects. Unsent messages stay stored. `open()` connects again. */
  close(): void {
    this.#disconnect();
    this.#outbox.close();
    for (const conversation of this.#conversations.values()) conversation.close();
    this.#setShared({ connection: 'closed' });
  }

  async #open(): Promise<ContactSession> {
    this.#life = new host.AbortController();
    const { signal } = this.#life;
    const stopWatching = onWake(() => this.wake());
    signal.addEventListener('abort', stopWatching);
    signal.addEventListener(
      'abort',
      onStorage(() => void this.#followTabs()),
    );
    this.#setShared({ connection: 'connecting' });
    await this.#outbox.open();
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const session = await this.#session.open();
        if (signal.aborted) break;
        this.#adopt(session);
        this.#connect(session);
        return session;
      } catch (thrown) {
        const error = asError(thrown);
        if (signal.aborted) break;
        this.set({ error });
        this.#setShared({ connection: 'offline' });
        if (!error.temporary) throw error;
        await sleep(backoff(attempt, this.#timeouts.retry), this.#wait.signal);
      }
    }
    throw new HooryError('closed', 'The client was closed');
  }

  #adopt(session: ContactSession): void {
    const before = this.getState().session;
    this.set({ session, error: null });
    if (before && before.source_id !== session.source_id) {
      for (const conversation of this.#conversations.values()) conversation.clear();
    }
    this.#refresh();
  }

  /** Follows a sign-out or a sign-in in another tab. */
  async #followTabs(): Promise<void> {
    if (!this.getState().session || (await this.#session.isCurrent())) return;
    this.#disconnect();
    this.#session.drop();
    // The state has the error.
    await this.open().catch(() => {});
  }

  /** Forgets the customer: a shared browser must not show one customer's data to the next. */
  #clear(): void {
    this.#outbox.clear();
    this.#current = CURRENT;
    for (const conversation of this.#conversations.values()) conversation.clear();
    this.set({ session: null });
    this.#setShared({ agents: {} });
  }

  #connect(session: ContactSession): void {
    const { base, WebSocket, timeouts } = this.#options;
    this.#room?.close();
    this.#hub ??= new Hub({ base, WebSocket, timeouts });
    const room = this.#hub.subscribe<ContactEvents>({
      params: paramsOf(session),
      presence: 60,
      feed: (query, options) => this.api.listEvents(query, options),
      renewParams: async () => {
        const renewed = await this.#session.reopen();
        this.#adopt(renewed);
        return paramsOf(renewed);
      },
    });
    room.on('state', (state) => {
      if (room !== this.#room) return;
      this.#setShared({ connection: state === 'rejected' ? 'offline' : state });
      if (state === 'live' || state === 'polling') this.#outbox.wake();
    });
    room.on('reset', () => {
      this.#refresh();
      this.#events.emit('reset', undefined);
    });
    room.on('event', (event) => this.#handleEvent(event));
    this.#room = room;
  }

  #disconnect(): void {
    this.#life.abort();
    this.#wait.abort();
    this.#opening = undefined;
    const room = this.#room;
    this.#room = undefined;
    room?.close();
    this.#hub?.close();
    this.#hub = undefined;
  }

  #handleEvent(event: EventOf<ContactEvents>): void {
    if (event.event === 'presence.update') this.#setShared({ agents: event.data.users });
    const echo_id = event.event === 'message.created' ? event.data.echo_id : undefined;
    const place = echo_id === undefined ? undefined : this.#outbox.acknowledge(String(echo_id));
    for (const conversation of this.#conversations.values()) conversation.handleEvent(event);
    if (place) this.#outbox.emit('change', place);
    this.#events.emitReceived(event.event, event.data);
  }

  #conversationAt(place: string): Conversation {
    const known = this.#conversations.get(place);
    if (known) return known;
    const conversation = new Conversation(place, {
      api: this.api,
      outbox: this.#outbox,
      directory: this.#directory,
      timeouts: this.#timeouts,
      recover: this.#recover,
    });
    this.#conversations.set(place, conversation);
    const { connection, agents, session } = this.getState();
    conversation.setClientState({ connection, agents });
    if (session) void conversation.refresh();
    return conversation;
  }

  /** The first message of a place creates its conversation. */
  readonly #post = async (
    { place, content, echo_id }: ContactMessage & Address,
    call: CallOptions,
  ): Promise<Message> => {
    const conversation_id = await this.#directory.get(place);
    this.#conversations.get(place)?.setId(conversation_id);
    return this.api.postMessage({ conversation_id, ...(content && { content }), echo_id }, call);
  };

  /** After a 401 or 404: opens the session again, and forgets a conversation that was not found. */
  readonly #recover = async (place: string, status: number): Promise<void> => {
    if (status === 404) await this.#directory.forget(place);
    this.#adopt(await this.#session.reopen());
  };

  #refresh(): void {
    for (const conversation of this.#conversations.values()) void conversation.refresh();
  }

  #setShared(change: Partial<Pick<ClientState, 'connection' | 'agents'>>): void {
    this.set(change);
    const { connection, agents } = this.getState();
    for (const conversation of this.#conversations.values())
      conversation.setClientState({ connection, agents });
  }
}

function paramsOf({ pubsub_token }: ContactSession): { channel: string; pubsub_token: string } {
  return { channel: 'RoomChannel', pubsub_token };
}
