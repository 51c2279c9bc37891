/** The client as an app uses it, against a little server that can fail in every way a network does. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { FakeServer } from '../test/fake-server.ts';
import { type Client, type ClientOptions, createClient } from './client.ts';
import type { Conversation } from './conversation/conversation.ts';
import type { KeyValueStorage } from './platform.ts';
import { memoryStorage } from './storage.ts';
import type { Timeouts } from './timeouts.ts';

const timeouts = {
  welcomeMs: 500,
  silenceMs: 400,
  confirmMs: 500,
  retry: { minMs: 20, maxMs: 60 },
  pollSeconds: 1,
  typingIdleMs: 50,
  typingExpiryMs: 100,
  readDelayMs: 10,
} satisfies Partial<Timeouts>;

let server: FakeServer;
let storage: KeyValueStorage;
let clients: Client[];

beforeEach(async () => {
  server = new FakeServer();
  storage = memoryStorage();
  clients = [];
  await server.start();
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

function create(options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    base: server.base,
    inbox: 'inbox',
    storage,
    WebSocket,
    timeouts,
    ...options,
  });
  clients.push(client);
  return client;
}

async function open(
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; conversation: Conversation }> {
  const client = create(options);
  await client.open();
  await expect.poll(() => client.getState().connection).toMatch(/live|polling/);
  return { client, conversation: client.conversation() };
}

/** A conversation with one message of each side. */
async function talking(options: Partial<ClientOptions> = {}) {
  const opened = await open(options);
  opened.conversation.send('Hello');
  await expect.poll(() => texts(opened.conversation)).toEqual(['Hello']);
  server.say('Good morning');
  await expect.poll(() => texts(opened.conversation)).toEqual(['Hello', 'Good morning']);
  return opened;
}

/** A conversation of 72 messages, whose newest 30 are loaded. */
async function openLong(): Promise<Conversation> {
  const { client } = await talking();
  client.close();
  for (let i = 0; i < 70; i++) server.say(`Long ago ${i}`);
  const { conversation } = await open();
  await expect.poll(() => conversation.getState()).toMatchObject({ loading: false, has_more: true });
  expect(conversation.getState().messages).toHaveLength(30);
  return conversation;
}

const texts = (conversation: Conversation) => conversation.getState().messages.map(({ content }) => content);

const stored = () => server.conversation().messages.map(({ content }) => content);

/** The state of a client that opens the conversation now. */
async function freshly(): Promise<unknown> {
  const { client, conversation } = await open();
  await expect.poll(() => conversation.getState().status).not.toBeNull();
  const { messages, status, unread_count } = conversation.getState();
  client.close();
  return { messages: messages.map(({ echo_id: _, ...message }) => message), status, unread_count };
}

async function expectFresh(conversation: Conversation): Promise<void> {
  const { messages, status, unread_count } = conversation.getState();
  const shown = { messages: messages.map(({ echo_id: _, ...message }) => message), status, unread_count };
  expect(shown).toEqual(await freshly());
}

describe('session', () => {
  it('is restored after a reload', async () => {
    const { client } = await open();
    client.close();
    await open();
    expect(server.sessions.size).toBe(1);
  });

  it('is shared by two tabs that open at once', async () => {
    await Promise.all([open(), open()]);
    expect(server.sessions.size).toBe(1);
  });

  it('is created once when the answer is lost', async () => {
    server.loseAnswers = { path: /POST .*contacts$/, times: 1 };
    await open();
    expect(server.sessions.size).toBe(1);
  });

  it('is opened when the network comes back', async () => {
    server.offline = true;
    const client = create();
    const opened = client.open();
    await expect.poll(() => client.getState().connection).toBe('offline');
    expect(client.getState().error?.code).toBe('network');
    server.offline = false;
    expect((await opened).source_id).toBe(server.soleSession().source_id);
  });

  it('throws the refusal of the server with its code and text', async () => {
    server.refuse = { path: /contacts$/, status: 401, body: { error: 'Proof needed' } };
    await expect(create().open()).rejects.toMatchObject({
      name: 'HooryError',
      code: 'unauthorized',
      status: 401,
      message: 'Proof needed',
      body: { error: 'Proof needed' },
      requestId: 'request-1',
    });
  });

  it('is replaced when the server no longer has it', async () => {
    const { client } = await open();
    client.close();
    server.sessions.clear();
    const again = await open();
    again.conversation.send('Hello again');
    await expect.poll(() => texts(again.conversation)).toEqual(['Hello again']);
  });

  it('asks for a new identity hash when the old one is refused', async () => {
    let day = 1;
    server.secretOf = () => `day-${day}`;
    const identity = vi.fn(() => ({ identifier: 'ada', identifier_hash: `day-${day}` }));
    const { client } = await open({ identity });
    day = 2;
    server.soleSession().pubsub_token = 'renewed';
    server.dropSockets();
    await expect.poll(() => client.getState().session?.pubsub_token).toBe('renewed');
    await expect.poll(() => client.getState().connection).toBe('live');
    expect(server.sessions.size).toBe(1);
  });

  it('is not restored for another identity', async () => {
    const { client } = await open({ identity: { identifier: 'ada' } });
    client.close();
    await open({ identity: { identifier: 'grace' } });
    await expect.poll(() => server.sessions.size).toBe(2);
  });

  it('can be closed and opened again, as a screen that comes and goes', async () => {
    const { client, conversation } = await talking();
    client.close();
    conversation.send('While closed');
    const opened = client.open();
    client.close();
    await expect(opened).rejects.toMatchObject({ code: 'closed' });
    await client.open();
    await expect.poll(() => texts(conversation)).toContain('While closed');
    server.say('Welcome back');
    await expect.poll(() => texts(conversation)).toContain('Welcome back');
    expect(stored()).toEqual(['Hello', 'Good morning', 'While closed', 'Welcome back']);
  });

  it('is new after reset, with an empty outbox', async () => {
    const { client, conversation } = await talking();
    server.refuse = { path: /messages$/, status: 503, body: {} };
    conversation.send('Never sent');
    await client.reset();
    server.refuse = undefined;
    expect(conversation.getState()).toMatchObject({ id: null, messages: [], pending: [] });
    await client.open();
    await expect.poll(() => server.sessions.size).toBe(2);
    conversation.send('Somebody else');
    await expect.poll(() => texts(conversation)).toEqual(['Somebody else']);
  });
});

describe('live connection', () => {
  it('emits every event once over several broken sockets', async () => {
    const { client, conversation } = await talking();
    const heard: (string | null)[] = [];
    client.on('message.created', ({ content }) => heard.push(content));
    const reset = vi.fn();
    client.on('reset', reset);
    const expected: string[] = [];
    for (let round = 0; round < 5; round++) {
      server.dropSockets();
      for (let i = 0; i < 3; i++) expected.push(`${round}.${i}`);
      for (const text of expected.slice(-3)) server.say(text);
      await expect.poll(() => heard).toEqual(expected);
    }
    expect(reset).not.toHaveBeenCalled();
    await expectFresh(conversation);
  });

  it('replays events after a break before the first event', async () => {
    const { client, conversation } = await talking();
    client.close();
    const again = await open();
    await expect.poll(() => texts(again.conversation)).toEqual(['Hello', 'Good morning']);
    server.dropSockets();
    server.say('While away');
    await expect.poll(() => texts(again.conversation)).toContain('While away');
    expect(texts(conversation)).not.toContain('While away');
  });

  it('replaces a socket that gets no pings', async () => {
    const { conversation } = await talking();
    server.freezeSockets();
    server.say('Into the void');
    await expect.poll(() => texts(conversation)).toContain('Into the void');
  });

  it('fetches again when the server cannot replay', async () => {
    const { client, conversation } = await talking();
    const reset = vi.fn();
    client.on('reset', reset);
    await server.stop();
    for (let i = 0; i < 60; i++) server.say(`Missed ${i}`);
    server.edit(server.conversation().messages[0]!.id as number, 'Hello, edited');
    server.forgetLog();
    await server.start();
    await expect.poll(() => reset).toHaveBeenCalled();
    await expect.poll(() => conversation.getState().messages).toHaveLength(62);
    expect(texts(conversation)).toEqual(stored());
  });

  it('reads events over HTTP while sockets are blocked, and returns to the socket', async () => {
    server.blockSockets = true;
    const { client, conversation } = await talking();
    expect(client.getState().connection).toBe('polling');
    const heard: (string | null)[] = [];
    client.on('message.created', ({ content }) => heard.push(content));
    server.say('By post');
    await expect.poll(() => heard).toEqual(['By post']);
    server.blockSockets = false;
    for (let i = 0; i < 20; i++) {
      server.say(`Meanwhile ${i}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => client.getState().connection).toBe('live');
    server.say('By wire');
    await expect.poll(() => heard).toContain('By wire');
    expect(heard).toEqual(['By post', ...Array.from({ length: 20 }, (_, i) => `Meanwhile ${i}`), 'By wire']);
    await expectFresh(conversation);
  });

  it('emits every event once when sockets become blocked', async () => {
    const { client, conversation } = await talking();
    server.blockSockets = true;
    server.dropSockets();
    server.say('In between');
    await expect.poll(() => client.getState().connection).toBe('polling');
    await expect.poll(() => texts(conversation)).toContain('In between');
  });

  it('works without any WebSocket', async () => {
    const { client, conversation } = await talking({
      WebSocket: class extends WebSocket {
        constructor() {
          super('nowhere');
        }
      },
    });
    expect(client.getState().connection).toBe('polling');
    await expectFresh(conversation);
  });

  it('dials at once when woken', async () => {
    const { client } = await open({ timeouts: { ...timeouts, retry: { minMs: 100_000, maxMs: 100_000 } } });
    server.dropSockets();
    await expect.poll(() => client.getState().connection).toBe('offline');
    client.wake();
    await expect.poll(() => client.getState().connection).toBe('live');
  });
});

describe('conversation', () => {
  it('shows a sent message at once, and once after its event', async () => {
    const { conversation } = await talking();
    const seen: number[] = [];
    conversation.subscribe(() => {
      const { messages, pending } = conversation.getState();
      seen.push(messages.length + pending.length);
    });
    const echo_id = conversation.send('Optimistic');
    expect(conversation.getState().pending).toMatchObject([
      { echo_id, content: 'Optimistic', state: 'queued' },
    ]);
    await expect.poll(() => texts(conversation)).toContain('Optimistic');
    expect(conversation.getState().pending).toEqual([]);
    expect(conversation.getState().messages.at(-1)?.echo_id).toBe(echo_id);
    expect(new Set(seen)).toEqual(new Set([3]));
  });

  it('is the same one in another tab', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    one.conversation.send('From the first tab');
    await expect.poll(() => texts(two.conversation)).toEqual(['From the first tab']);
    two.conversation.send('From the second');
    await expect.poll(() => texts(one.conversation)).toEqual(['From the first tab', 'From the second']);
    expect(server.soleSession().conversations.size).toBe(1);
  });

  it('is a new one after startConversation', async () => {
    const { client } = await talking();
    const other = client.startConversation({ custom_attributes: { topic: 'billing' } });
    expect(client.conversation()).toBe(other);
    other.send('About my bill');
    await expect.poll(() => texts(other)).toEqual(['About my bill']);
    expect(server.soleSession().conversations.size).toBe(2);
    const created = server.requests.filter(
      ({ path, method }) => method === 'POST' && /conversations$/.test(path),
    );
    expect(created.at(-1)?.body).toEqual({ custom_attributes: { topic: 'billing' } });
  });

  it('loads older pages until there are no more', async () => {
    const conversation = await openLong();
    while (conversation.getState().has_more) await conversation.loadOlder();
    expect(texts(conversation)).toEqual(stored());
  });

  it('keeps an older page that comes during a refresh', async () => {
    const conversation = await openLong();
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.holdAnswers = { path: /conversations\/\d+$/, until };
    const refreshed = conversation.refresh();
    await conversation.loadOlder();
    release();
    await refreshed;
    expect(texts(conversation)).toEqual(stored().slice(-50));
    expect(conversation.getState().has_more).toBe(true);
  });

  it('counts unread messages until read', async () => {
    const { conversation } = await talking();
    expect(conversation.getState().unread_count).toBe(1);
    conversation.read();
    conversation.read();
    expect(conversation.getState().unread_count).toBe(0);
    await expect.poll(() => server.conversation().contact_last_seen_at).toBeGreaterThan(0);
    expect(server.requests.filter(({ path }) => path.endsWith('update_last_seen'))).toHaveLength(1);
  });

  it('sends typing once, and when it stops', async () => {
    const { conversation } = await talking();
    for (let i = 0; i < 5; i++) conversation.type();
    const said = () =>
      server.requests
        .filter(({ path }) => path.endsWith('toggle_typing'))
        .map(({ body }) => body.typing_status);
    await expect.poll(() => said()).toEqual(['on', 'off']);
  });

  it('removes an agent from typing after typing_off or a message', async () => {
    const { conversation } = await talking({ timeouts: { ...timeouts, typingExpiryMs: 600_000 } });
    const typing = () => conversation.getState().typing.map(({ name }) => name);
    server.typing(true);
    await expect.poll(typing).toEqual(['Ada']);
    server.typing(false);
    await expect.poll(typing).toEqual([]);
    server.typing(true);
    await expect.poll(typing).toEqual(['Ada']);
    server.say('Here it is');
    await expect.poll(() => texts(conversation)).toContain('Here it is');
    expect(typing()).toEqual([]);
  });

  it('removes an agent from typing after the expiry', async () => {
    const { conversation } = await talking();
    const counts: number[] = [];
    conversation.subscribe(() => counts.push(conversation.getState().typing.length));
    server.typing(true);
    await expect.poll(() => [counts.includes(1), counts.at(-1)]).toEqual([true, 0]);
  });
});

describe('outbox', () => {
  it('keeps the order when attempts fail', async () => {
    const { conversation } = await talking();
    server.loseAnswers = { path: /POST .*messages$/, times: 4 };
    const written = Array.from({ length: 10 }, (_, i) => `Number ${i}`);
    for (const text of written) conversation.send(text);
    await expect.poll(() => conversation.getState().pending).toEqual([]);
    expect(stored()).toEqual(['Hello', 'Good morning', ...written]);
    await expect.poll(() => texts(conversation)).toEqual(stored());
  });

  it('sends messages that were written offline', async () => {
    const { conversation } = await talking();
    server.offline = true;
    server.dropSockets();
    conversation.send('From the tunnel');
    await expect.poll(() => conversation.getState().connection).toBe('offline');
    expect(conversation.getState().pending).toMatchObject([{ content: 'From the tunnel' }]);
    server.offline = false;
    await expect.poll(() => texts(conversation)).toContain('From the tunnel');
    expect(stored().filter((text) => text === 'From the tunnel')).toHaveLength(1);
  });

  it('sends a stored message once after a reload', async () => {
    server.offline = true;
    const before = create();
    void before.open().catch(() => {});
    before.conversation().send('One');
    before.conversation().send('Two');
    await expect
      .poll(async () => String(await storage.getItem(`hoory:${server.base}:inbox:outbox`)))
      .toContain('Two');
    before.close();
    server.offline = false;
    const { conversation } = await open();
    await expect.poll(() => texts(conversation)).toEqual(['One', 'Two']);
    expect(server.soleSession().conversations.size).toBe(1);
  });

  it('is sent by one of two tabs', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    server.refuse = { path: /messages$/, status: 503, body: {} };
    for (const { conversation } of [one, two]) conversation.send('Mine');
    await expect
      .poll(() => server.requests.filter(({ path }) => path.endsWith('messages')).length)
      .toBeGreaterThan(3);
    server.refuse = undefined;
    await expect.poll(() => texts(one.conversation)).toEqual(['Mine', 'Mine']);
    await expect.poll(() => two.conversation.getState().pending).toEqual([]);
    expect(stored()).toEqual(['Mine', 'Mine']);
  });

  it('marks a refused message as failed, sends the others, and retries on demand', async () => {
    const { conversation } = await talking();
    server.refuse = {
      path: /messages$/,
      status: 422,
      body: { message: 'Content is too long', attributes: ['content'] },
    };
    const echo_id = conversation.send('Too long');
    await expect.poll(() => conversation.getState().pending[0]?.state).toBe('failed');
    expect(conversation.getState().pending[0]?.error).toMatchObject({
      code: 'invalid',
      status: 422,
      message: 'Content is too long',
    });
    server.refuse = undefined;
    conversation.send('Shorter');
    await expect.poll(() => texts(conversation)).toContain('Shorter');
    await conversation.retry(echo_id);
    await expect.poll(() => texts(conversation)).toContain('Too long');
    expect(conversation.getState().pending).toEqual([]);
  });

  it('removes a discarded message, and sends the others at once', async () => {
    const { conversation } = await talking({
      timeouts: { ...timeouts, retry: { minMs: 100_000, maxMs: 100_000 } },
    });
    server.refuse = { path: /messages$/, status: 503, body: {} };
    const echo_id = conversation.send('On second thought');
    await expect.poll(() => server.requests.some(({ body }) => body.echo_id === echo_id)).toBe(true);
    await expect.poll(() => conversation.getState().pending[0]?.state).toBe('queued');
    server.refuse = undefined;
    conversation.send('Never mind');
    await conversation.discard(echo_id);
    await expect.poll(() => texts(conversation)).toContain('Never mind');
    expect(stored()).not.toContain('On second thought');
  });

  it('creates one conversation when the answer is lost', async () => {
    server.loseAnswers = { path: /POST .*conversations$/, times: 2 };
    const { conversation } = await open();
    conversation.send('Hello');
    await expect.poll(() => texts(conversation)).toEqual(['Hello']);
    expect(server.soleSession().conversations.size).toBe(1);
  });

  it('sends files', async () => {
    const { conversation } = await talking();
    conversation.send('', { files: [new File(['abc'], 'note.txt', { type: 'text/plain' })] });
    expect(conversation.getState().pending[0]?.files).toEqual([
      { name: 'note.txt', type: 'text/plain', size: 3 },
    ]);
    await expect.poll(() => conversation.getState().pending).toEqual([]);
    expect(server.requests.at(-1)?.body).toMatchObject({ 'attachments[]': 'note.txt' });
  });

  it('keeps the text of a message whose files are lost by a reload', async () => {
    const { client, conversation } = await talking();
    server.refuse = { path: /messages$/, status: 503, body: {} };
    conversation.send('See attached', { files: [new File(['abc'], 'note.txt')] });
    await expect
      .poll(async () => String(await storage.getItem(`hoory:${server.base}:inbox:outbox`)))
      .toContain('attached');
    client.close();
    server.refuse = undefined;
    const again = await open();
    await expect.poll(() => again.conversation.getState().pending[0]?.error?.code).toBe('attachments_lost');
    await again.conversation.retry(again.conversation.getState().pending[0]!.echo_id);
    await expect.poll(() => texts(again.conversation)).toContain('See attached');
  });
});
