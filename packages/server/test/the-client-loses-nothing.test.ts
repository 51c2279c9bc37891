/** The published client against the real server: restarts, blocked sockets, a log that was pruned. */
import {
  type AgentClient,
  Cable,
  type Client,
  createAgentClient,
  createClient,
  memoryStorage,
  roomOf,
} from '@hoory/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Config } from '../src/config.ts';
import { pruneLog } from '../src/events/prune.ts';
import { type Server, startServer } from '../src/main.ts';
import { openFaults } from './faulty-socket.ts';
import { createTestAccount, type TestAccount } from './fixtures/test-account.ts';
import { freshConfig } from './server.ts';

const timeouts = { welcomeMs: 1000, retry: { minMs: 50, maxMs: 200 }, readDelayMs: 10 };
const soon = { timeout: 30_000 };

let config: Readonly<Config>;
let release: () => Promise<void>;
let server: Server;
let people: TestAccount;
let agent: AgentClient;
let client: Client;
let blocked: boolean;

/** A network that lets no WebSocket through. */
class Blockable extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(blocked ? 'ws://127.0.0.1:1' : url, protocols);
  }
}

beforeEach(async () => {
  const fresh = await freshConfig('sqlite', { HOORY_LOG_KEEP: '7d,20' });
  release = fresh.release;
  server = await startServer(fresh.config);
  config = { ...fresh.config, port: Number(new URL(server.app.url()).port) };
  people = await createTestAccount(server.app);
  blocked = false;
  agent = createAgentClient({ base: server.app.url(), accessToken: people.agent.access_token });
  client = createClient({
    base: server.app.url(),
    inbox: people.inbox.identifier,
    storage: memoryStorage(),
    WebSocket: Blockable,
    timeouts,
  });
});

afterEach(async () => {
  client.close();
  await server.close();
  await release();
});

const conversation = () => client.conversation();
const texts = () =>
  conversation()
    .getState()
    .messages.map(({ content }) => content);
const becomes = (connection: string) =>
  vi.waitFor(() => expect(client.getState().connection).toBe(connection), soon);

/** A conversation with one message from the customer. */
async function begin(): Promise<number> {
  await client.open();
  conversation().send('Hello');
  await vi.waitFor(() => expect(texts()).toEqual(['Hello']), soon);
  return conversation().getState().id as number;
}

/** Retried like any caller's: a kept-alive connection may end with the server that it led to. */
const say = (conversation_id: number, content: string, as = agent) =>
  vi.waitFor(
    () =>
      as.call('POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages', {
        account_id: people.account.id,
        conversation_id,
        content,
        echo_id: content,
      }),
    soon,
  );

/** The conversation as somebody sees it who opens it now. */
async function expectFresh(): Promise<void> {
  const { id, messages, status } = conversation().getState();
  const fetched = await client.api.getConversation({ conversation_id: id as number });
  expect({ status, messages: messages.map(({ echo_id: _, ...message }) => message) }).toEqual({
    status: fetched.status,
    messages: fetched.messages,
  });
}

test('delivers messages once and in order across restarts', async () => {
  const id = await begin();
  await becomes('live');
  const heard: (string | null)[] = [];
  client.on('message.created', ({ content }) => heard.push(content));
  for (let round = 0; round < 3; round++) {
    await say(id, `Before restart ${round}`);
    await server.close();
    conversation().send(`While away ${round}`);
    server = await startServer(config);
    await say(id, `After restart ${round}`);
  }
  await vi.waitFor(() => expect(heard).toHaveLength(9), soon);
  await vi.waitFor(() => expect(conversation().getState().pending).toEqual([]), soon);
  expect(new Set(heard).size).toBe(9);
  await expectFresh();
});

test('without WebSockets the events come over HTTP, and the socket takes over when it can', async () => {
  blocked = true;
  const id = await begin();
  await becomes('polling');
  const heard: (string | null)[] = [];
  client.on('message.created', ({ content }) => heard.push(content));
  await say(id, 'By post');
  await vi.waitFor(() => expect(heard).toEqual(['By post']), soon);
  blocked = false;
  for (let i = 0; client.getState().connection !== 'live'; i++) await say(id, `Meanwhile ${i}`);
  await say(id, 'By wire');
  await vi.waitFor(() => expect(heard).toContain('By wire'), soon);
  expect(new Set(heard).size).toBe(heard.length);
  await expectFresh();
});

test('a client that was away for longer than the log is kept has the complete conversation', async () => {
  const id = await begin();
  await becomes('live');
  const reset = vi.fn();
  client.on('reset', reset);
  await server.close();
  const elsewhere = await startServer({ ...config, port: 0 });
  const there = createAgentClient({ base: elsewhere.app.url(), accessToken: people.agent.access_token });
  for (let i = 0; i < 60; i++) await say(id, `Missed ${i}`, there);
  await pruneLog(elsewhere.app.db, config.logKeep, elsewhere.app.now());
  await elsewhere.close();
  server = await startServer(config);
  await vi.waitFor(() => expect(texts()).toHaveLength(61), soon);
  expect(reset).toHaveBeenCalledOnce();
  await expectFresh();
});

test('shows a conversation like a client that opens it now', async () => {
  const id = await begin();
  await becomes('live');
  const at = { account_id: people.account.id, conversation_id: id };
  const message = await say(id, 'A mistake');
  await say(id, 'Good morning');
  await agent.call(
    'DELETE /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages/{message_id}',
    {
      ...at,
      message_id: message.id,
    },
  );
  await agent.call('POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/toggle_status', {
    ...at,
    status: 'resolved',
  });
  await vi.waitFor(() => expect(conversation().getState().status).toBe('resolved'), soon);
  await expectFresh();
  conversation().send('One more thing', { files: [new File(['abc'], 'note.txt', { type: 'text/plain' })] });
  await vi.waitFor(() => expect(conversation().getState().status).toBe('open'), soon);
  await vi.waitFor(() => expect(conversation().getState().pending).toEqual([]), soon);
  expect(conversation().getState().messages.at(-1)?.attachments).toHaveLength(1);
  expect(conversation().getState().unread_count).toBe(2);
  conversation().read();
  await vi.waitFor(async () => {
    const { contact_last_seen_at } = await client.api.getConversation({ conversation_id: id });
    expect(contact_last_seen_at).toBeGreaterThan(0);
  }, soon);
  await expectFresh();
});

test('an agent whose contact is renamed back and forth gets each name', async () => {
  const { account, agent: user, inbox } = people;
  const contact = await agent.call('POST /api/v1/accounts/{account_id}/contacts', {
    account_id: account.id,
    inbox_id: inbox.id,
    name: 'Cleo',
  });
  const { id } = contact.payload.contact;
  const cable = new Cable({ base: server.app.url(), WebSocket, timeouts });
  const room = cable.subscribe(roomOf(agent, account.id, user));
  const names: (string | null)[] = [];
  room.on('contact.updated', ({ name }) => names.push(name));
  await vi.waitFor(() => expect(room.state).toBe('live'), soon);
  const said = ['Ann', 'Bob', 'Ann', 'Bob', 'Ann'];
  for (const name of said)
    await agent.call('PATCH /api/v1/accounts/{account_id}/contacts/{id}', {
      account_id: account.id,
      id,
      name,
    });
  await vi.waitFor(() => expect(names).toHaveLength(said.length), soon);
  expect(names).toEqual(said);
  cable.close();
});

test('an agent whose connection breaks in its first seconds gets the events of all its streams', async () => {
  const { account, agent: user, inbox } = people;
  const faults = openFaults();
  const cable = new Cable({ base: server.app.url(), WebSocket: faults.Socket, timeouts });
  const room = cable.subscribe(roomOf(agent, account.id, user));
  const names: (string | null)[] = [];
  room.on('contact.created', ({ name }) => names.push(name));
  const resets = vi.fn();
  await vi.waitFor(() => expect(room.state).toBe('live'), soon);
  room.on('reset', resets);
  // An event of the inbox, and then one of the account, of which nothing was heard before.
  const id = await begin();
  await say(id, 'Hello');
  faults.isBlocked = true;
  faults.cut();
  await server.close();
  server = await startServer(config);
  await agent.call('POST /api/v1/accounts/{account_id}/contacts', {
    account_id: account.id,
    inbox_id: inbox.id,
    name: 'Cleo',
  });
  faults.heal();
  await vi.waitFor(() => expect(names).toContain('Cleo'), soon);
  expect(resets).not.toHaveBeenCalled();
  cable.close();
});
