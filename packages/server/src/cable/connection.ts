/** One socket: queues its commands, limits unsent bytes, and closes the socket when its client is gone. `room-channel.ts` runs the commands. */
import type { Socket } from 'node:net';
import type { DisconnectReason, ServerFrame } from '@hoory/contract';
import type { RawData, WebSocket } from 'ws';
import { toFrame } from './frames.ts';
import { type Command, type Protocol, readCommand, toProtocol } from './protocol.ts';

/** Most unsent bytes of a slow client before its socket is closed (cable.md D.7). */
const maxUnsentBytes = 1024 * 1024;
/** A replay of the log waits while more bytes than this are unsent, so that its own history never closes a client's socket. */
const maxReplayBytes = 256 * 1024;
/** With more waiting commands, or more frames in an interval of 3 s, reading of the socket is paused. */
const maxWaiting = 64;
const maxPerInterval = 2000;
/**
 * Intervals of 3 s without a byte from the client until it gets a WebSocket ping, which every client answers, and until its socket
 * is closed. TCP notices a client without power or network only after 15 minutes, and its user would count as online until then.
 */
const intervalsUntilPing = 5;
const intervalsUntilDead = 15;
const pingFrame = Buffer.from([0x89, 0]);

/** Handles the commands and the end of a connection. `Held` is the type of its subscriptions. */
export interface ConnectionListener<Held> {
  /** Runs a command. */
  run(connection: Connection<Held>, command: Command): Promise<void>;
  /** A command, or work of `enqueue`, threw this error. Later commands still run. */
  fail(connection: Connection<Held>, error: unknown): void;
  /** The socket is closed, for any reason. */
  leave(connection: Connection<Held>): void;
}

/** A socket with the connection that it belongs to. */
type Owned = WebSocket & { [owner]?: { receive(data: RawData): void; leave(): void } };
const owner = Symbol('connection');

const none: readonly never[] = [];

/** A class with shared listeners, because a node has thousands of connections and closures for each would take more memory. */
export class Connection<Held> {
  readonly protocol: Protocol;
  /** Names this connection for a later restore; empty on the base protocol (cable.md D.1). */
  readonly sid: string;
  /** In the order of the subscriptions. */
  subscriptions: readonly Held[] = none;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #listener: ConnectionListener<Held>;
  /** Settles when all queued work is done; undefined when there is none. */
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

  /** Sends a whole frame. Disconnects a client that reads too slowly. */
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

  /** Called every 3 s: resumes reading of a paused client, and pings a silent client or terminates it. */
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

  /** Sends the frames until `uncork` with one system call. */
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
