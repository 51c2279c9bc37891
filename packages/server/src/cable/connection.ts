/** One socket: runs its commands one after another, bounds what waits to be sent, closes it when its client is gone. `room-channel.ts` runs the commands. */
import type { Socket } from 'node:net';
import type { DisconnectReason, ServerFrame } from '@hoory/contract';
import type { RawData, WebSocket } from 'ws';
import { toFrame } from './frames.ts';
import { type Command, type Protocol, readCommand, toProtocol } from './protocol.ts';

/** Bytes that may wait for a slow reader before its socket is closed (cable.md D.7). */
const maxUnsentBytes = 1024 * 1024;
/** A replay of the log waits while more bytes than this are unsent, so that its own history never closes a client's socket. */
const maxReplayBytes = 256 * 1024;
/** With more commands waiting, or received in one interval of 3 s, the socket is read no further for now. */
const maxWaiting = 64;
const maxPerInterval = 2000;
/**
 * Intervals of 3 s without a byte from the client until it is sent a WebSocket ping, which every client answers by itself, and
 * until its socket is closed: TCP notices a client without power or network only after a quarter of an hour, and until then a
 * person who is long gone would count as online.
 */
const intervalsUntilPing = 5;
const intervalsUntilDead = 15;
const pingFrame = Buffer.from([0x89, 0]);

/** Handles what happens on a connection. `Held` is the type of its subscriptions. */
export interface ConnectionListener<Held> {
  /** Runs a command. */
  run(connection: Connection<Held>, command: Command): Promise<void>;
  /** A command, or work of `enqueue`, threw this; the next ones run all the same. */
  fail(connection: Connection<Held>, error: unknown): void;
  /** The socket is closed, for whatever reason. */
  leave(connection: Connection<Held>): void;
}

/** A socket with the connection that it belongs to. */
type Owned = WebSocket & { [owner]?: { receive(data: RawData): void; leave(): void } };
const owner = Symbol('connection');

const none: readonly never[] = [];

/** A node keeps thousands of these: a class and shared listeners, since closures for each would cost more memory. */
export class Connection<Held> {
  readonly protocol: Protocol;
  /** Names this connection for a later restore; empty on the base protocol (cable.md D.1). */
  readonly sid: string;
  /** In the order they were taken. */
  subscriptions: readonly Held[] = none;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #listener: ConnectionListener<Held>;
  /** Settles when all work so far is done; undefined when there is none. */
  #done: Promise<void> | undefined;
  #waiting = 0;
  #received = 0;
  #isPaused = false;
  #bytesRead = 0;
  #silentIntervals = 0;

  constructor(
    ws: WebSocket,
    socket: Socket,
    { sid, listener }: { sid: string; listener: ConnectionListener<Held> },
  ) {
    this.#ws = ws;
    this.#socket = socket;
    this.#listener = listener;
    this.protocol = toProtocol(ws.protocol);
    this.sid = this.protocol === 'ext' ? sid : '';
    const owned: Owned = ws;
    owned[owner] = this;
    ws.on('message', onMessage);
    ws.on('close', onClose);
    // Protocol faults close the socket; `close` follows.
    ws.on('error', ignore);
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Runs `work` after the commands received so far and before later ones. Never rejects. */
  async enqueue(work: () => Promise<void>): Promise<void> {
    const done = (this.#done ? this.#done.then(work) : work()).catch((error) =>
      this.#listener.fail(this, error),
    );
    this.#done = done;
    await done;
    if (this.#done === done) this.#done = undefined;
  }

  /** Sends a whole frame; disconnects a client that does not keep up. */
  write(frame: Buffer): void {
    if (!this.isOpen) return;
    if (this.#socket.writableLength + frame.length > maxUnsentBytes && this.#socket.writableLength > 0) {
      this.disconnect('too_slow');
      return;
    }
    this.#socket.write(frame);
  }

  send(frame: ServerFrame): void {
    this.write(toFrame(frame));
  }

  /** Called every 3 s: reads a throttled client again, pings a silent one, terminates one that stays silent. */
  onInterval(): void {
    this.#received = 0;
    this.#resumeReading();
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#bytesRead || this.#isPaused) {
      this.#bytesRead = bytesRead;
      this.#silentIntervals = 0;
      return;
    }
    this.#silentIntervals++;
    if (this.#silentIntervals === intervalsUntilDead) this.terminate();
    else if (this.#silentIntervals % intervalsUntilPing === 0) this.write(pingFrame);
  }

  /** Gathers frames until `uncork` into one system call. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /** Resolves when the client has read most of what was sent, or is gone. */
  async drained(): Promise<void> {
    if (!this.isOpen || this.#socket.writableLength < maxReplayBytes) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.on('drain', done).on('close', done);
    });
  }

  /** Tells the client to reconnect and closes; the client forgets its session id. */
  disconnect(reason: DisconnectReason): void {
    if (!this.isOpen) return;
    this.#socket.write(toFrame({ type: 'disconnect', reason, reconnect: true }));
    this.#ws.close(1000);
    // A client that reads nothing never answers the close.
    if (reason === 'too_slow') setTimeout(() => this.#ws.terminate(), 1000).unref();
  }

  /** Closes without a `disconnect` frame, so that a client of the extended protocol resumes its session. */
  closeToResume(): void {
    this.#ws.close(1012);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Called when the socket has closed. */
  leave(): void {
    this.#listener.leave(this);
  }

  /** Called for each frame of the client. Some clients send their JSON in binary frames, which are read as the same text. */
  receive(data: RawData): void {
    const command = readCommand(data.toString());
    this.#received++;
    if (command) {
      this.#waiting++;
      void this.enqueue(async () => {
        await this.#listener.run(this, command).finally(() => {
          this.#waiting--;
        });
        this.#resumeReading();
      });
    }
    if (this.#waiting >= maxWaiting || this.#received >= maxPerInterval) {
      this.#isPaused = true;
      this.#ws.pause();
    }
  }

  #resumeReading(): void {
    if (!this.#isPaused || this.#waiting > maxWaiting / 2 || this.#received >= maxPerInterval) return;
    this.#isPaused = false;
    this.#ws.resume();
  }
}

function onMessage(this: Owned, data: RawData): void {
  this[owner]?.receive(data);
}

function onClose(this: Owned): void {
  this[owner]?.leave();
}

function ignore(): void {}
