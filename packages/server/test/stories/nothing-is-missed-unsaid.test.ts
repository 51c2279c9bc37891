/**
 * Random orders of events, breaks and returns: every client of the extended protocol hears each event of each stream once and in
 * order, or is told to fetch anew before the next one.
 */
import { createCable } from '@anycable/core';
import { Cable, createAgentClient, roomOf } from '@hoory/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { UserRow } from '../../src/db/tables.ts';
import { streamOf } from '../../src/events/emit.ts';
import { pruneLog } from '../../src/events/prune.ts';
import { openFaults, type SocketFaults } from '../faulty-socket.ts';
import { insertAccountRow, insertInboxRow, insertUserRow } from '../fixtures/rows.ts';
import { logEvent } from '../log-event.ts';
import { ext } from '../raw-cable.ts';
import { listenUrlOf, placements, startTestServer, type TestServer } from '../server.ts';

const soon = { timeout: 30_000, interval: 30 };

/** A stream that the agent hears, and how many events it has had. */
interface Told {
  stream: string;
  /** `reset` stands where the client was told to fetch anew. */
  count: number;
}

type Heard = { stream: string; n: number } | 'reset';

interface Listener {
  name: string;
  faults: SocketFaults;
  heard: Heard[];
  /** Its application was told that it hears nothing any more. */
  hasEnded: boolean;
  close(): void;
}

/** The next step. Streams and clients are chosen by number. */
type Step =
  | { kind: 'publish'; stream: number; times: number }
  | { kind: 'cut'; client: number }
  | { kind: 'cut-after'; client: number; frames: number }
  | { kind: 'block'; client: number }
  | { kind: 'hold-history'; client: number }
  | { kind: 'forget-session'; client: number }
  | { kind: 'heal'; client: number }
  | { kind: 'prune' }
  | { kind: 'wait'; turns: number };

const client = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      stream: fc.nat(2),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut' as const), client }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('cut-after' as const),
      client,
      frames: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('block' as const), client }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hold-history' as const), client }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget-session' as const), client }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('heal' as const), client }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('prune' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), turns: fc.integer({ min: 1, max: 60 }) }),
  },
);

describe.each(placements)('events of clients on %s', (engine) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(() => server.stop());

  /** The published client; it changes to HTTP while no socket gets through. */
  async function listenWithClient(account_id: number, user: UserRow): Promise<Listener> {
    const faults = openFaults();
    const heard: Heard[] = [];
    const timeouts = { welcomeMs: 1000, retry: { minMs: 1, maxMs: 10 }, pollSeconds: 1 };
    const cable = new Cable({ base: listenUrlOf(server), WebSocket: faults.Socket, timeouts });
    const agent = createAgentClient({ base: server.url, accessToken: user.access_token });
    const room = cable.subscribe(roomOf(agent, account_id, user));
    await vi.waitFor(() => expect(room.state).toBe('live'), soon);
    room.on('event', ({ data }) => hear(heard, data));
    room.on('reset', () => heard.push('reset'));
    return { name: '@hoory/client', faults, heard, hasEnded: false, close: () => cable.close() };
  }

  /** The public client, with or without the time of its last ping. */
  async function listenWithAnycable(account_id: number, user: UserRow, options: object): Promise<Listener> {
    const faults = openFaults();
    const heard: Heard[] = [];
    const cable = createCable(`${listenUrlOf(server).replace('http', 'ws')}/cable`, {
      protocol: ext,
      websocketImplementation: faults.Socket,
      logLevel: 'error',
      reconnectStrategy: () => 5,
      ...options,
    });
    const listener: Listener = {
      name: `@anycable/core ${JSON.stringify(options)}`,
      faults,
      heard,
      hasEnded: false,
      close: () => cable.disconnect(),
    };
    const channel = cable.subscribeTo('RoomChannel', {
      pubsub_token: user.pubsub_token,
      account_id,
      user_id: user.id,
    });
    channel.on('message', (message) => hear(heard, (message as unknown as { data: unknown }).data));
    channel.on('info', ({ type }) => type === 'history_not_found' && heard.push('reset'));
    // Without a time and before its first event it has nothing to ask for: its application knows by the new connection.
    cable.on('connect', ({ restored }) => {
      const isUnknown = heard.every((one) => one === 'reset');
      if (!restored && isUnknown && 'historyTimestamp' in options) heard.push('reset');
    });
    // It gives the channel up when it is cut while it waits for the confirmation, and tells its application so.
    channel.on('close', () => {
      listener.hasEnded = true;
    });
    await channel.ensureSubscribed();
    return listener;
  }

  async function publish(told: Told): Promise<void> {
    const data = { stream: told.stream, n: ++told.count, name: told.count % 2 ? 'Ann' : 'Bob' };
    await server.app.db.write(async (tx) =>
      logEvent(tx, 'contact.updated', [{ streams: [told.stream], data }]),
    );
  }

  async function act(next: Step, streams: readonly Told[], listeners: readonly Listener[]): Promise<void> {
    if (next.kind === 'publish') {
      for (let time = 0; time < next.times; time++) await publish(streams[next.stream] as Told);
    } else if (next.kind === 'wait') {
      for (let turn = 0; turn < next.turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    } else if (next.kind === 'prune') {
      await pruneLog(server.app.db, { age: 1e9, events: 2 }, server.app.now());
    } else {
      const { faults } = listeners[next.client] as Listener;
      if (next.kind === 'cut') faults.cut();
      if (next.kind === 'cut-after') faults.framesLeft = next.frames;
      if (next.kind === 'hold-history') faults.isHistoryHeld = true;
      if (next.kind === 'forget-session') faults.forgetsSession = true;
      if (next.kind === 'heal') faults.heal();
      if (next.kind === 'block') {
        faults.isBlocked = true;
        faults.cut();
      }
    }
  }

  async function run(steps: readonly Step[]): Promise<void> {
    const account_id = await insertAccountRow(server.app);
    const inboxes = [
      await insertInboxRow(server.app, account_id),
      await insertInboxRow(server.app, account_id),
    ];
    const user = await insertUserRow(server.app, {
      account_id,
      role: 'agent',
      inboxes: inboxes.map(({ id }) => id),
    });
    const names = [streamOf.account(account_id), ...inboxes.map(({ id }) => streamOf.inbox(id))];
    const streams = names.map((stream): Told => ({ stream, count: 0 }));
    const listeners = [
      await listenWithClient(account_id, user),
      await listenWithAnycable(account_id, user, {}),
      await listenWithAnycable(account_id, user, { historyTimestamp: false }),
    ];
    try {
      for (const next of steps) await act(next, streams, listeners);
      for (const { faults } of listeners) faults.heal();
      const before = streams.map((told) => ({ ...told }));
      await vi.waitFor(async () => {
        // A client that was told to fetch anew hears only what comes after that.
        for (const told of streams) await publish(told);
        for (const { name, heard } of listeners.filter(({ hasEnded }) => !hasEnded))
          for (const { stream, count } of before) expect(lastOf(heard, stream), name).toBeGreaterThan(count);
      }, soon);
      for (const { name, heard } of listeners)
        for (const { stream } of streams) checkStream(name, heard, stream);
    } finally {
      for (const { close } of listeners) close();
    }
  }

  test('have each event once and in order, or a reset', { timeout: 300_000 }, async () => {
    const numRuns = Number(process.env.HOORY_CHAOS_RUNS ?? (engine === 'sqlite' ? 15 : 6));
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), run), {
      numRuns,
      endOnFailure: true,
    });
  });
});

function hear(heard: Heard[], data: unknown): void {
  const { stream, n } = data as { stream?: string; n?: number };
  if (stream && n) heard.push({ stream, n });
}

const lastOf = (heard: readonly Heard[], stream: string): number =>
  heard.reduce((last, one) => (one !== 'reset' && one.stream === stream ? one.n : last), 0);

/** @throws when an event of the stream came twice or out of order, or one is missing and nothing was said */
function checkStream(name: string, heard: readonly Heard[], stream: string): void {
  let last = 0;
  let wasTold = false;
  for (const one of heard) {
    if (one === 'reset') wasTold = true;
    else if (one.stream === stream) {
      const isNext = wasTold ? one.n > last : one.n === last + 1;
      if (!isNext)
        throw new Error(`${name} heard ${one.n} of ${stream} after ${last}: ${JSON.stringify(heard)}`);
      last = one.n;
      wasTold = false;
    }
  }
}
