/** The public Action Cable clients, unmodified, against the server (real-clients.md section 7). */
import { createCable } from '@anycable/core';
import { adapters, createConsumer } from '@rails/actioncable';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openFaults } from '../../test/faulty-socket.ts';
import {
  insertAccountRow,
  insertInboxRow,
  insertSessionRow,
  insertUserRow,
} from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { base, eventually, ext } from '../../test/raw-cable.ts';
import { freshConfig } from '../../test/server.ts';
import type { Config } from '../config.ts';
import type { ContactInboxRow, UserRow } from '../db/tables.ts';
import { streamOf } from '../events/emit.ts';
import { pruneLog } from '../events/prune.ts';
import { type Server, startServer } from '../main.ts';

// Clients wait seconds before they try again.
vi.setConfig({ testTimeout: 60_000 });

let config: Readonly<Config>;
let release: () => Promise<void>;
let server: Server;
let account_id: number;
let inbox_id: number;
let session: ContactInboxRow;
let agent: UserRow;
const closers: (() => void)[] = [];

beforeEach(async () => {
  ({ config, release } = await freshConfig());
  server = await startServer(config);
  // The same port after a restart, so that clients find it again.
  config = { ...config, port: Number(new URL(server.app.url()).port) };
  account_id = await insertAccountRow(server.app);
  const inbox = await insertInboxRow(server.app, account_id);
  inbox_id = inbox.id;
  session = await insertSessionRow(server.app, inbox);
  agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox_id] });
});

afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await server.close();
  await release();
});

const address = () => `${server.app.url().replace('http', 'ws')}/cable`;

const restart = async (between: () => Promise<void> = async () => {}) => {
  await server.close();
  server = await startServer(config);
  await between();
};

const say = (stream: string, n: number) =>
  server.app.db.write(async (tx) => logEvent(tx, 'message.created', [{ streams: [stream], data: { n } }]));

/** What clients subscribe with, and a stream that they hear. */
const identities = {
  customer: () => ({ params: { pubsub_token: session.pubsub_token }, stream: streamOf.session(session.id) }),
  agent: () => ({
    params: { pubsub_token: agent.pubsub_token, account_id, user_id: agent.id },
    stream: streamOf.inbox(inbox_id),
  }),
};
type Role = keyof typeof identities;
const everyRole = Object.keys(identities) as Role[];

interface Message {
  event: string;
  data: { n?: number };
}

/** The browser's globals that `@rails/actioncable` looks for, and its WebSocket. */
function railsConsumer() {
  adapters.WebSocket = WebSocket;
  const page = { visibilityState: 'visible' };
  const listeners = new Set<() => void>();
  Object.assign(globalThis, {
    document: page,
    addEventListener: (_event: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_event: string, listener: () => void) => listeners.delete(listener),
  });
  const consumer = createConsumer(address());
  closers.push(() => consumer.disconnect());
  /** Somebody looks at the tab again: the client does not wait for its next poll. */
  const lookAt = () => {
    for (const listener of listeners) listener();
  };
  return { consumer, lookAt };
}

test.each(everyRole)(
  '@rails/actioncable as %s hears events, and recovers by itself after a restart',
  async (role) => {
    const { params, stream } = identities[role]();
    const { consumer, lookAt } = railsConsumer();
    const heard: (number | undefined)[] = [];
    const states: string[] = [];
    let presence = 0;
    const subscription = consumer.subscriptions.create(
      { channel: 'RoomChannel', ...params },
      {
        connected: () => states.push('connected'),
        disconnected: () => states.push('disconnected'),
        received: ({ event, data }: Message) =>
          event === 'presence.update' ? presence++ : heard.push(data.n),
      },
    );
    await eventually(() => states.length === 1 && presence > 0);
    const before = presence;
    subscription.perform('update_presence');
    await eventually(() => presence > before);
    await say(stream, 1);
    await eventually(() => heard.length === 1);
    await restart();
    lookAt();
    await eventually(() => states.length === 3);
    await say(stream, 2);
    await eventually(() => heard.length === 2);
    expect(states).toEqual(['connected', 'disconnected', 'connected']);
    expect(heard).toEqual([1, 2]);
  },
);

test('@rails/actioncable is told of a bad token once', async () => {
  const { consumer } = railsConsumer();
  let rejected = 0;
  consumer.subscriptions.create(
    { channel: 'RoomChannel', pubsub_token: 'nobody' },
    { rejected: () => rejected++ },
  );
  await eventually(() => rejected === 1);
  expect(consumer.connection.isOpen()).toBe(true);
});

function anycable(protocol: string, options: object = {}) {
  const cable = createCable(address(), {
    protocol: protocol as 'actioncable-v1-json',
    websocketImplementation: WebSocket,
    logLevel: 'error',
    ...options,
  });
  closers.push(() => cable.disconnect());
  return cable;
}

test.each(everyRole)('@anycable/core on the base protocol as %s, through a restart', async (role) => {
  const { params, stream } = identities[role]();
  const cable = anycable(base);
  const heard: (number | undefined)[] = [];
  let connected = 0;
  const channel = cable.subscribeTo('RoomChannel', params as Record<string, string>);
  channel.on('connect', () => connected++);
  channel.on('message', (message) => {
    const { event, data } = message as unknown as Message;
    if (event === 'message.created') heard.push(data.n);
  });
  await channel.ensureSubscribed();
  await say(stream, 1);
  await eventually(() => heard.length === 1);
  await restart();
  await eventually(() => connected === 2);
  await say(stream, 2);
  await eventually(() => heard.length === 2);
  expect(heard).toEqual([1, 2]);
});

test('the snippet of the published page hears events, once its socket is open', async () => {
  const snippet = `
    const connection = new WebSocket('ws://localhost:3000/cable');
    connection.send(JSON.stringify({ command:"subscribe", identifier: "{\\"channel\\":\\"RoomChannel\\",\\"pubsub_token\\":\\""+ customer_pubsub_token+"\\"}" }));
    return connection;`;
  /** The page sends at once, which no WebSocket does: whoever copied it had to wait for `open`. */
  class Patient extends WebSocket {
    constructor() {
      super(address());
    }
    override send(text: string): void {
      this.on('open', () => super.send(text));
    }
  }
  const connection = new Function('WebSocket', 'customer_pubsub_token', snippet)(
    Patient,
    session.pubsub_token,
  ) as WebSocket;
  closers.push(() => connection.terminate());
  const frames: { type?: string; message?: Message }[] = [];
  connection.on('message', (text) => frames.push(JSON.parse(text.toString())));
  await eventually(() => frames.some(({ type }) => type === 'confirm_subscription'));
  await say(streamOf.session(session.id), 1);
  await eventually(() => frames.some(({ message }) => message?.data?.n === 1));
});

/** A resuming agent that keeps what it heard and what it was told about history. */
async function resumingAgent(options: object = {}) {
  const cable = anycable(ext, options);
  const heard: (number | undefined)[] = [];
  const told: string[] = [];
  const channel = cable.subscribeTo('RoomChannel', identities.agent().params);
  channel.on('message', (message) => {
    const { event, data } = message as unknown as Message;
    if (event === 'message.created') heard.push(data.n);
  });
  channel.on('info', ({ type }) => told.push(type));
  await channel.ensureSubscribed();
  return { cable, channel, heard, told };
}

const drop = (cable: ReturnType<typeof createCable>) =>
  (cable.transport as unknown as { ws: WebSocket }).ws.terminate();

test('@anycable/core resumes a lost socket and hears each event once, in order', async () => {
  const { cable, heard, told } = await resumingAgent();
  await say(streamOf.inbox(inbox_id), 1);
  await eventually(() => heard.length === 1);
  drop(cable);
  await say(streamOf.inbox(inbox_id), 2);
  await say(streamOf.account(account_id), 3);
  await cable.connect();
  await eventually(() => heard.length === 3);
  await say(streamOf.inbox(inbox_id), 4);
  await eventually(() => heard.length === 4);
  expect(heard).toEqual([1, ...heard.slice(1, 3), 4]);
  expect([...heard].sort()).toEqual([1, 2, 3, 4]);
  expect(told).not.toContain('history_not_found');
});

test('@anycable/core without a time hears what it missed of streams of which it had heard nothing', async () => {
  const { cable, heard, told } = await resumingAgent({ historyTimestamp: false });
  for (const [index, missed] of [streamOf.account(account_id), streamOf.inbox(inbox_id)].entries()) {
    drop(cable);
    await say(missed, index + 1);
    await cable.connect();
    await eventually(() => heard.length === index + 1);
  }
  expect(heard).toEqual([1, 2]);
  expect(told).not.toContain('history_not_found');
});

test('@anycable/core hears what it missed before what is new, however late it asks', async () => {
  const faults = openFaults();
  const { cable, heard } = await resumingAgent({ websocketImplementation: faults.Socket });
  await say(streamOf.inbox(inbox_id), 1);
  await eventually(() => heard.length === 1);
  faults.isHistoryHeld = true;
  faults.cut();
  await say(streamOf.inbox(inbox_id), 2);
  let pings = 0;
  cable.on('keepalive', (time) => time !== undefined && pings++);
  await cable.connect();
  await say(streamOf.inbox(inbox_id), 3);
  // The first ping comes 3 s after the welcome.
  await eventually(() => pings > 0);
  faults.heal();
  await eventually(() => heard.length === 3);
  // A position that had gone back would bring 3 again.
  faults.cut();
  await say(streamOf.inbox(inbox_id), 4);
  await cable.connect();
  await eventually(() => heard.includes(4));
  expect(heard).toEqual([1, 2, 3, 4]);
});

test('@anycable/core resumes across a restart of the server', async () => {
  const { heard, told } = await resumingAgent();
  await say(streamOf.inbox(inbox_id), 1);
  await eventually(() => heard.length === 1);
  await restart(async () => {
    await say(streamOf.inbox(inbox_id), 2);
    await say(streamOf.inbox(inbox_id), 3);
  });
  await eventually(() => heard.length === 3);
  await say(streamOf.inbox(inbox_id), 4);
  await eventually(() => heard.length === 4);
  expect(heard).toEqual([1, 2, 3, 4]);
  expect(told).toContain('history_received');
});

test('@anycable/core is told to fetch anew when the log no longer reaches back', async () => {
  const { cable, heard, told } = await resumingAgent();
  await say(streamOf.inbox(inbox_id), 1);
  await eventually(() => heard.length === 1);
  drop(cable);
  for (let n = 2; n <= 9; n++) await say(streamOf.inbox(inbox_id), n);
  await pruneLog(server.app.db, { age: 3_600_000, events: 3 }, Date.now());
  await cable.connect();
  await eventually(() => told.includes('history_not_found'));
  await say(streamOf.inbox(inbox_id), 10);
  await eventually(() => heard.includes(10));
  expect(heard).toEqual([1, 10]);
});

test('@anycable/core keeps presence sets', async () => {
  const one = await resumingAgent();
  const two = await resumingAgent();
  const { presence } = one.channel;
  presence.join('desk', { name: 'Bea' });
  two.channel.presence.join('phone', {});
  await expect
    .poll(async () => Object.keys((await two.channel.presence.info()) ?? {}).sort())
    .toEqual(['desk', 'phone']);
});
