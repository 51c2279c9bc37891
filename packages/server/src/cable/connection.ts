/** One socket: its commands one after another, its bounded way out. What commands mean is left to `room-channel.ts`. */
import type { Socket } from 'node:net';
import type { DisconnectReason, ServerFrame } from '@hoory/contract';
import type { RawData, WebSocket } from 'ws';
import { toFrame } from './frames.ts';
import { type Command, type Protocol, readCommand, toProtocol } from './protocol.ts';

/** Bytes that may wait for a slow reader before it is cut (cable.md D.7). */
const maxUnsent = 1024 * 1024;
/** Replays of the log wait below this, so that a reader who keeps up is never cut by its own history. */
const fullEnough = 256 * 1024;
/** Commands that may wait or come between two rests, some seconds apart; beyond, the socket is read no further for now. */
const maxWaiting = 64;
const maxPerRest = 2000;
/**
 * Rests, 3 s apart, without a byte from the client until it is sent a WebSocket ping, which every client answers by itself, and
 * until its socket is closed: TCP notices a client without power or network only after a quarter of an hour, and until then a
 * person who is long gone would count as online.
 */
const restsUntilPing = 5;
const restsUntilDead = 15;
const pingFrame = Buffer.from([0x89, 0]);

/** What a connection tells of itself. */
export interface Listener<Held> {
  /** Acts on a command. */
  run(connection: Connection<Held>, command: Command): Promise<void>;
  /** What a command or a work threw; those that follow run all the same. */
  fail(connection: Connection<Held>, error: unknown): void;
  /** The socket has closed, for whatever reason. */
  leave(connection: Connection<Held>): void;
}

/** A socket with the connection that it belongs to. */
type Owned = WebSocket & { [owner]?: Connection<unknown> };
const owner = Symbol('connection');

const none: readonly never[] = [];

/** Thousands of these are kept: a class and listeners that all share, since closures would cost more memory. */
export class Connection<Held> {
  readonly protocol: Protocol;
  /** Names this connection for a later restore; empty on the base protocol (cable.md D.1). */
  readonly sid: string;
  /** In the order they were taken. */
  subscriptions: readonly Held[] = none;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #listener: Listener<Held>;
  /** Settles when all that came so far is done; undefined when nothing waits. */
  #done: Promise<void> | undefined;
  #waiting = 0;
  #sinceRest = 0;
  #isPaused = false;
  #bytesRead = 0;
  #silentRests = 0;

  constructor(ws: WebSocket, socket: Socket, { sid, listener }: { sid: string; listener: Listener<Held> }) {
    this.#ws = ws;
    this.#socket = socket;
    this.#listener = listener;
    this.protocol = toProtocol(ws.protocol);
    this.sid = this.protocol === 'ext' ? sid : '';
    (ws as Owned)[owner] = this as Connection<unknown>;
    ws.on('message', onMessage);
    ws.on('close', onClose);
    // Protocol faults close the socket; `close` follows.
    ws.on('error', ignore);
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Runs `work` after the commands that have come and before those to come. Never rejects. */
  async enqueue(work: () => Promise<void>): Promise<void> {
    const done = (this.#done ? this.#done.then(work) : work()).catch((error) =>
      this.#listener.fail(this, error),
    );
    this.#done = done;
    await done;
    if (this.#done === done) this.#done = undefined;
  }

  /** Sends a whole frame; cuts the socket when its reader does not keep up. */
  write(frame: Buffer): void {
    if (!this.isOpen) return;
    if (this.#socket.writableLength + frame.length > maxUnsent && this.#socket.writableLength > 0) {
      this.disconnect('too_slow');
      return;
    }
    this.#socket.write(frame);
  }

  send(frame: ServerFrame): void {
    this.write(toFrame(frame));
  }

  /** Called every 3 s: a hasty client is read again, a silent one is asked whether it is there. */
  rest(): void {
    this.#sinceRest = 0;
    this.#readOn();
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#bytesRead || this.#isPaused) {
      this.#bytesRead = bytesRead;
      this.#silentRests = 0;
      return;
    }
    this.#silentRests++;
    if (this.#silentRests === restsUntilDead) this.terminate();
    else if (this.#silentRests % restsUntilPing === 0) this.write(pingFrame);
  }

  /** Gathers what is written until `uncork` into one system call. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /** Resolves when the reader has taken most of what was sent, or is gone. */
  async drained(): Promise<void> {
    if (!this.isOpen || this.#socket.writableLength < fullEnough) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.on('drain', done).on('close', done);
    });
  }

  /** Tells the client to come back anew and closes; the client forgets its session id. */
  disconnect(reason: DisconnectReason): void {
    if (!this.isOpen) return;
    this.#socket.write(toFrame({ type: 'disconnect', reason, reconnect: true }));
    this.#ws.close(1000);
    // A reader who takes nothing never answers the close.
    if (reason === 'too_slow') setTimeout(() => this.#ws.terminate(), 1000).unref();
  }

  /** Closes without a word, so that a client of the extended protocol resumes its session. */
  closeToResume(): void {
    this.#ws.close(1012);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** The socket has closed. */
  leave(): void {
    this.#listener.leave(this);
  }

  /** Some clients send their JSON in binary frames, which is read as the same text. */
  receive(data: RawData): void {
    const command = readCommand(data.toString());
    this.#sinceRest++;
    if (command) {
      this.#waiting++;
      void this.enqueue(async () => {
        await this.#listener.run(this, command).finally(() => {
          this.#waiting--;
        });
        this.#readOn();
      });
    }
    if (this.#waiting >= maxWaiting || this.#sinceRest >= maxPerRest) {
      this.#isPaused = true;
      this.#ws.pause();
    }
  }

  #readOn(): void {
    if (!this.#isPaused || this.#waiting > maxWaiting / 2 || this.#sinceRest >= maxPerRest) return;
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
