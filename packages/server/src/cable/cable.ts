/** `/cable`: the connections of this node, from welcome to close (cable.md A, D.1). `room-channel.ts` runs their commands. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { App } from '../app.ts';
import { newToken } from '../secrets.ts';
import { Connection } from './connection.ts';
import { openPings } from './pings.ts';
import { openRedisSessions } from './redis-sessions.ts';
import { RoomChannel } from './room-channel.ts';
import type { SavedSubscription } from './saved-subscription.ts';
import { type CableSessions, openMemorySessions } from './sessions.ts';
import type { CableConnection, Subscription } from './subscription.ts';
import type { FindGrant } from './subscription-grant.ts';
import { acceptSockets, type ConnectOptions } from './upgrade.ts';

/**
 * Time for a restored session to request its history. New events stay in the log meanwhile, so that none overtakes a missed one. A
 * client that sends no request in time is told to fetch its state again.
 */
const historyGraceMs = 10_000;
/** Ticks of the pings between two checks for changes of access by another process, less than a second. */
const ticksPerAccessCheck = 3;
/** Between two groups of sockets that a draining node closes. */
const drainStepMs = 20;
/** Time for sockets to close in order when the server stops. */
const closeGraceMs = 1000;

export interface Cable {
  /** Number of open sockets on this node. */
  connections(): number;
  /**
   * Closes the sockets one after another within `spreadMs`, so that their clients do not come to other nodes all at once, and
   * accepts no new ones. Resolves after `spreadMs`.
   */
  drain(spreadMs: number): Promise<void>;
  /** Closes every socket so that its client reconnects, and waits until they are closed. */
  close(): Promise<void>;
}

/** Opens `/cable` on `http`; `findGrant` decides who may subscribe to what. */
export function openCable(app: App, http: FastifyInstance, findGrant: FindGrant): Cable {
  const cable = new NodeCable(app, findGrant);
  acceptSockets(http, cable);
  return {
    connections: () => cable.count(),
    drain: (spreadMs) => cable.drain(spreadMs),
    close: () => cable.close(),
  };
}

class NodeCable {
  readonly #app: App;
  readonly #pings: ReturnType<typeof openPings>;
  readonly #sessions: CableSessions;
  readonly #room: RoomChannel;
  /** Restored connections with the time, in milliseconds, until which each may request its history, in that order. */
  readonly #historyDue = new Map<CableConnection, number>();
  #isClosing = false;
  #ticks = 0;

  constructor(app: App, findGrant: FindGrant) {
    this.#app = app;
    this.#pings = openPings(app.now, () => this.#tick());
    const { bus, redis, installation, now } = app;
    this.#sessions = redis ? openRedisSessions({ redis, bus, installation, now }) : openMemorySessions(now);
    this.#room = new RoomChannel(app, {
      findGrant,
      connections: this.#pings.connections,
      onChange: (connection) => this.#sessions.note(connection),
    });
  }

  readonly isClosing = (): boolean => this.#isClosing;
  readonly count = (): number => this.#pings.count();

  /** Welcomes a client, with the subscriptions of its earlier connection when that is known. */
  readonly connect = (ws: WebSocket, socket: Socket, { restoreSid, pings }: ConnectOptions): void => {
    const connection: CableConnection = new Connection<Subscription>(ws, socket, {
      sid: newToken(),
      listener: this.#listener,
    });
    const isExtended = connection.protocol === 'ext';
    this.#pings.add(connection, isExtended ? pings : undefined);
    this.#sessions.add(connection);
    if (isExtended && restoreSid) void connection.enqueue(() => this.#resume(connection, restoreSid));
    else this.#welcome(connection);
  };

  async drain(spreadMs: number): Promise<void> {
    this.#isClosing = true;
    const connections = this.#pings.connections();
    const startedAtMs = performance.now();
    let closed = 0;
    for (let share = 0; share < 1; ) {
      await new Promise((resolve) => setTimeout(resolve, drainStepMs));
      share = Math.min(1, (performance.now() - startedAtMs) / spreadMs);
      const until = Math.ceil(share * connections.length);
      for (const connection of connections.slice(closed, until)) closeToReconnect(connection);
      closed = until;
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#pings.stop();
    const connections = this.#pings.connections();
    for (const connection of connections) closeToReconnect(connection);
    await waitUntil(() => !this.#pings.count(), closeGraceMs);
    for (const connection of connections) connection.terminate();
    await this.#sessions.close();
    this.#room.close();
  }

  readonly #listener = {
    run: (connection: CableConnection, command: Parameters<RoomChannel['run']>[1]) =>
      this.#room.run(connection, command),
    // The client may be attached to fewer streams than it believes, so it must reconnect and subscribe again.
    fail: (connection: CableConnection, err: unknown): void => {
      this.#app.log.error({ err }, 'a command on /cable failed, its socket is closed');
      closeToReconnect(connection);
    },
    leave: (connection: CableConnection): void => {
      this.#pings.delete(connection);
      this.#historyDue.delete(connection);
      this.#sessions.release(connection);
      this.#room.leave(connection);
    },
  };

  #welcome(connection: CableConnection): void {
    connection.send({ type: 'welcome', ...(connection.protocol === 'ext' && { sid: connection.sid }) });
  }

  async #resume(connection: CableConnection, sid: string): Promise<void> {
    const saved = await this.#sessions.take(sid);
    if (saved) await this.#restore(connection, saved);
    else this.#welcome(connection);
  }

  async #restore(connection: CableConnection, saved: readonly SavedSubscription[]): Promise<void> {
    const restored_ids = await this.#room.restore(connection, saved);
    connection.send({ type: 'welcome', sid: connection.sid, restored: true, restored_ids });
    await this.#room.sendPresence(connection);
    if (connection.isOpen) this.#historyDue.set(connection, this.#app.now() + historyGraceMs);
  }

  /** Ends the waiting of restored connections whose clients requested no history in time, or whose time a corrected clock moved away. */
  #endWaiting(): void {
    for (const [connection, dueMs] of this.#historyDue) {
      const leftMs = dueMs - this.#app.now();
      if (leftMs > 0 && leftMs <= historyGraceMs) return;
      this.#historyDue.delete(connection);
      void connection.enqueue(() => this.#room.endWaiting(connection));
    }
  }

  #tick(): void {
    this.#endWaiting();
    void this.#sessions.sweep();
    this.#room.tick().catch((err) => this.#app.log.error({ err }, 'presence could not be sent'));
    if (++this.#ticks < ticksPerAccessCheck || !this.#pings.count()) return;
    this.#ticks = 0;
    void this.#room.checkAccess();
  }
}

/** Closes the socket so that its client reconnects. */
function closeToReconnect(connection: CableConnection): void {
  if (connection.protocol === 'ext') connection.closeToResume();
  else connection.disconnect('server_restart');
}

/** Resolves when `isDone`, at the latest after `limitMs`. */
async function waitUntil(isDone: () => boolean, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  while (!isDone() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}
