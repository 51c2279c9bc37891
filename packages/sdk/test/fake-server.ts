/**
 * A server just large enough for the client's tests: one inbox, sessions, conversations, an event log, the extended
 * cable protocol (cable.md part D) and the feed, and switches for everything that goes wrong on a network.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Json = Record<string, unknown>;

interface Session {
  source_id: string;
  pubsub_token: string;
  identifier?: string;
  conversations: Map<number, Conversation>;
  log: { offset: number; event: string; data: unknown }[];
  offset: number;
}

interface Conversation {
  id: number;
  uuid: string;
  status: string;
  contact_last_seen_at: number;
  agent_last_seen_at: number;
  messages: Json[];
  echoes: Map<string, Json>;
}

interface Peer {
  ws: WebSocket;
  extended: boolean;
  subscriptions: Map<string, Session>;
}

/** Answers a command on a subscription, with where its stream stands. */
type Reply = (type: string, streams?: Json) => void;

export class FakeServer {
  /** Sockets are refused at the handshake. */
  blockSockets = false;
  /** Every HTTP request gets no answer. */
  offline = false;
  /** The next requests whose path matches do their work, but the answer is lost on the way. */
  loseAnswers: { path: RegExp; times: number } = { path: /^$/, times: 0 };
  /** Requests whose path matches do their work, and their answers wait. */
  holdAnswers: { path: RegExp; until: Promise<void> } | undefined;
  /** Requests whose path matches are refused. */
  refuse: { path: RegExp; status: number; body: unknown } | undefined;
  /** Proof that `identifier` has to bring; without it everybody is who they say. */
  secretOf: (identifier: string) => string = () => '';
  epoch = 'one';
  readonly requests: { method: string; path: string; body: Json; headers: Json }[] = [];
  readonly sessions = new Map<string, Session>();
  readonly presence: string[] = [];
  /** Sockets opened so far. */
  dialled = 0;
  readonly #peers = new Set<Peer>();
  readonly #sids = new Map<string, string[]>();
  readonly #raw = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  #ids = 0;
  #pings: NodeJS.Timeout | undefined;
  #server = createServer();
  port = 0;

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    const wss = new WebSocketServer({ noServer: true, handleProtocols: () => 'actioncable-v1-ext-json' });
    this.#server.on('connection', (socket) => {
      this.#raw.add(socket);
      socket.on('close', () => this.#raw.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.dialled++;
      if (this.blockSockets || this.offline) return socket.destroy();
      wss.handleUpgrade(request, socket, head, (ws) => this.#connect(ws, request));
    });
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    this.#pings = setInterval(() => this.ping(), 100);
  }

  async stop(): Promise<void> {
    clearInterval(this.#pings);
    for (const socket of this.#raw) socket.destroy();
    this.#peers.clear();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  ping(): void {
    for (const { ws } of this.#peers) ws.send(JSON.stringify({ type: 'ping', message: Date.now() / 1000 }));
  }

  /** Cuts every socket; the next one may resume. */
  dropSockets(): void {
    for (const { ws } of this.#peers) ws.terminate();
  }

  /** Sockets stay open and say nothing any more, pings included. */
  freezeSockets(): void {
    this.#peers.clear();
  }

  /** Positions lose their meaning. */
  forgetLog(): void {
    this.epoch += '!';
    for (const session of this.sessions.values()) session.log = [];
  }

  soleSession(): Session {
    const [session] = this.sessions.values();
    if (!session) throw new Error('No session yet');
    return session;
  }

  conversation(): Conversation {
    const conversation = [...this.soleSession().conversations.values()].at(-1);
    if (!conversation) throw new Error('No conversation yet');
    return conversation;
  }

  /** An agent writes. */
  say(content: string): Json {
    return this.#write(this.soleSession(), this.conversation(), { content, message_type: 1, sender: ada });
  }

  /** An agent changes a message. */
  edit(id: number, content: string): void {
    const message = this.conversation().messages.find((one) => one.id === id)!;
    Object.assign(message, { content });
    this.emit(this.soleSession(), 'message.updated', { ...toEvent(message), previous_changes: {} });
  }

  typing(on: boolean): void {
    const data = { conversation: this.conversation(), user: ada, is_private: false };
    this.#send(this.soleSession(), { message: { event: `conversation.typing_${on ? 'on' : 'off'}`, data } });
  }

  emit(session: Session, event: string, data: unknown): void {
    const offset = ++session.offset;
    session.log.push({ offset, event, data: structuredClone(data) });
    this.#send(session, {
      message: { event, data },
      stream_id: session.source_id,
      epoch: this.epoch,
      offset,
    });
    for (const wake of this.#waiting) wake();
  }

  #send(session: Session, frame: Json): void {
    for (const { ws, subscriptions } of this.#peers) {
      for (const [identifier, owner] of subscriptions) {
        if (owner === session) ws.send(JSON.stringify({ identifier, ...frame }));
      }
    }
  }

  #connect(ws: WebSocket, request: IncomingMessage): void {
    const peer: Peer = { ws, extended: true, subscriptions: new Map() };
    this.#peers.add(peer);
    const sid = randomUUID();
    const before = this.#sids.get(new URL(request.url!, this.base).searchParams.get('sid') ?? '') ?? [];
    const restored_ids = before.filter((id) => this.#attach(peer, id));
    this.#sids.set(sid, restored_ids);
    const restored = restored_ids.length ? { restored: true, restored_ids } : {};
    ws.send(JSON.stringify({ type: 'welcome', sid, ...restored }));
    ws.on('close', () => this.#peers.delete(peer));
    ws.on('message', (text) => this.#command(peer, sid, JSON.parse(String(text))));
  }

  #command(peer: Peer, sid: string, { command, identifier, history }: Json): void {
    const id = String(identifier);
    const reply: Reply = (type, streams) =>
      void peer.ws.send(JSON.stringify({ type, identifier: id, streams }));
    if (command === 'subscribe') {
      if (!this.#attach(peer, id)) {
        reply('reject_subscription');
        return;
      }
      this.#sids.set(sid, [...peer.subscriptions.keys()]);
      reply('confirm_subscription', history ? undefined : this.#positionsOf(peer.subscriptions.get(id)!));
      if (history) this.#replay(peer, id, history as Json, reply);
    } else if (command === 'history') this.#replay(peer, id, history as Json, reply);
    else if (command === 'message') this.presence.push(id);
    else if (command === 'unsubscribe') peer.subscriptions.delete(id);
  }

  #attach(peer: Peer, identifier: string): boolean {
    const { pubsub_token } = JSON.parse(identifier);
    const session = [...this.sessions.values()].find((one) => one.pubsub_token === pubsub_token);
    if (session) peer.subscriptions.set(identifier, session);
    return session !== undefined;
  }

  #replay(peer: Peer, identifier: string, history: Json, reply: Reply): void {
    const session = peer.subscriptions.get(identifier)!;
    const streams = (history.streams ?? {}) as Record<string, { offset: number; epoch: string }>;
    const position = streams[session.source_id];
    const oldest = session.log[0]?.offset ?? session.offset + 1;
    const lost = position
      ? position.epoch !== this.epoch || position.offset + 1 < oldest
      : this.epoch !== 'one';
    if (lost) {
      reply('reject_history', this.#positionsOf(session));
      return;
    }
    for (const { offset, event, data } of session.log) {
      if (position && offset <= position.offset) continue;
      const frame = { message: { event, data }, stream_id: session.source_id, epoch: this.epoch, offset };
      peer.ws.send(JSON.stringify({ identifier, ...frame }));
    }
    reply('confirm_history', this.#positionsOf(session));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.base);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.offline) return void request.socket.destroy();
    const text = Buffer.concat(chunks).toString();
    const body: Json = text.startsWith('{') ? JSON.parse(text) : fieldsOf(text);
    this.requests.push({ method: request.method!, path: url.pathname, body, headers: request.headers });
    const [status, answer] = this.refuse?.path.test(url.pathname)
      ? [this.refuse.status, this.refuse.body]
      : await this.#route(request.method!, url, body, request.headers);
    if (this.holdAnswers?.path.test(url.pathname)) await this.holdAnswers.until;
    if (this.loseAnswers.times > 0 && this.loseAnswers.path.test(`${request.method} ${url.pathname}`)) {
      this.loseAnswers.times--;
      return void request.socket.destroy();
    }
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'request-1' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  }

  async #route(method: string, url: URL, body: Json, headers: Json): Promise<[number, unknown]> {
    const [, source = '', , conversationId, verb, messageId] =
      url.pathname.match(
        /contacts(?:\/([^/]+))?(\/(?:conversations(?:\/(\d+))?|events)(?:\/(\w+))?(?:\/(\d+))?)?$/,
      ) ?? [];
    if (url.pathname.endsWith('/contacts')) return this.#createContact(body);
    const session = this.sessions.get(source);
    if (!session) return [404, { status: 404, error: 'Not Found' }];
    if (url.pathname.endsWith('/events')) return [200, await this.#events(session, url.searchParams)];
    if (url.pathname.endsWith('/conversations')) {
      if (method === 'GET') return [200, [...session.conversations.values()]];
      return [200, this.#createConversation(session, String(headers['idempotency-key']))];
    }
    if (!conversationId) return [200, toSession(session)];
    const conversation = session.conversations.get(Number(conversationId));
    if (!conversation) return [404, { status: 404, error: 'Not Found' }];
    if (verb === 'messages' && messageId) {
      const message = conversation.messages.find((one) => one.id === Number(messageId));
      return [
        200,
        Object.assign(message!, { content_attributes: { submitted_values: body.submitted_values } }),
      ];
    }
    if (verb === 'messages' && method === 'POST')
      return [200, toRest(this.#post(session, conversation, body))];
    if (verb === 'messages')
      return [200, page(conversation.messages, Number(url.searchParams.get('before')))];
    if (verb === 'toggle_status') conversation.status = 'resolved';
    if (verb === 'update_last_seen') conversation.contact_last_seen_at = Math.floor(Date.now() / 1000);
    const shown = { ...conversation, messages: conversation.messages.map(toRest).slice(-30) };
    return verb === 'toggle_typing' || verb === 'update_last_seen' ? [200, undefined] : [200, shown];
  }

  #createContact({ source_id, identifier, identifier_hash }: Json): [number, unknown] {
    const known = this.sessions.get(String(source_id));
    const proven = !identifier || this.secretOf(String(identifier)) === (identifier_hash ?? '');
    if (!proven) return [401, { error: 'Wrong proof' }];
    const session: Session = known ?? {
      source_id: String(source_id ?? randomUUID()),
      pubsub_token: randomUUID(),
      conversations: new Map(),
      log: [],
      offset: 0,
    };
    if (identifier) session.identifier = String(identifier);
    this.sessions.set(session.source_id, session);
    return [200, toSession(session)];
  }

  readonly #keys = new Map<string, Conversation>();

  #createConversation(session: Session, key: string): Conversation {
    const conversation = this.#keys.get(key) ?? {
      id: ++this.#ids,
      uuid: randomUUID(),
      status: 'open',
      contact_last_seen_at: 0,
      agent_last_seen_at: 0,
      messages: [],
      echoes: new Map(),
    };
    this.#keys.set(key, conversation);
    if (session.conversations.has(conversation.id)) return conversation;
    session.conversations.set(conversation.id, conversation);
    this.emit(session, 'conversation.created', { ...conversation, messages: [] });
    return conversation;
  }

  #post(session: Session, conversation: Conversation, { content, echo_id }: Json): Json {
    const echo = String(echo_id);
    const known = conversation.echoes.get(echo);
    if (known) return known;
    const message = this.#write(session, conversation, { content: content ?? null, message_type: 0 }, echo);
    conversation.echoes.set(echo, message);
    return message;
  }

  #write(session: Session, conversation: Conversation, fields: Json, echo_id?: string): Json {
    const message: Json = {
      id: ++this.#ids,
      content_type: 'text',
      content_attributes: {},
      created_at: Math.floor(Date.now() / 1000),
      conversation_id: conversation.id,
      ...fields,
    };
    conversation.messages.push(message);
    this.emit(session, 'message.created', { ...toEvent(message), ...(echo_id && { echo_id }) });
    return message;
  }

  #positionsOf({ source_id, offset }: Session, at = offset): Json {
    return { [source_id]: { epoch: this.epoch, offset: at } };
  }

  async #events(session: Session, query: URLSearchParams): Promise<Json> {
    const streams = JSON.parse(query.get('streams') ?? '{}') as Record<
      string,
      { offset: number; epoch: string }
    >;
    const position = streams[session.source_id];
    const after = position ? `${position.epoch}:${position.offset}` : query.get('after');
    const [epoch, from] = (after ?? `${this.epoch}:${session.offset}`).split(':');
    if (epoch !== this.epoch)
      return {
        events: [],
        cursor: `${this.epoch}:${session.offset}`,
        streams: this.#positionsOf(session),
        reset: true,
      };
    const news = () => session.log.filter(({ offset }) => offset > Number(from));
    if (!news().length && query.get('wait') !== '0') await this.#something(100);
    const events = news().map(({ offset, event, data }) => {
      const place = { stream_id: session.source_id, epoch, offset };
      return { cursor: `${epoch}:${offset}`, event, data, created_at: 0, ...place };
    });
    const reached = events.at(-1)?.offset ?? Number(from);
    return {
      events,
      cursor: `${epoch}:${reached}`,
      streams: this.#positionsOf(session, reached),
      reset: false,
    };
  }

  #something(most: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, most);
      this.#waiting.add(done);
    });
  }
}

const ada = {
  id: 7,
  name: 'Ada',
  available_name: 'Ada',
  avatar_url: '',
  type: 'user',
  availability_status: null,
  thumbnail: '',
};

const toSession = ({ source_id, pubsub_token }: Session) => {
  return { source_id, pubsub_token, id: 1, name: 'quiet-river', email: null, phone_number: null };
};

const toRest = (message: Json): Json => message;

let clock = Date.now();
const toEvent = (message: Json): Json => {
  const updated_at = new Date(++clock).toISOString();
  return {
    ...message,
    account_id: 1,
    inbox_id: 1,
    updated_at,
    status: 'sent',
    private: false,
    source_id: null,
  };
};

const page = (messages: Json[], before: number): Json[] =>
  messages.filter(({ id }) => !before || Number(id) < before).slice(-20);

/** Of a multipart body, the text fields and the names of the files. */
function fieldsOf(text: string): Json {
  const fields: Json = {};
  for (const [, name, filename, value] of text.matchAll(
    /name="([^"]+)"(?:; filename="([^"]*)")?[^\r]*\r\n(?:[\w-]+:[^\r]*\r\n)*\r\n([\s\S]*?)\r\n--/g,
  )) {
    fields[name!] = filename ?? value;
  }
  return fields;
}
