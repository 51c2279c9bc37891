/** `LISTEN` and `NOTIFY` on a connection of their own. It reconnects by itself; notifications of the meantime are lost. */
import type pg from 'pg';
import { withTimeout } from '../timeout.ts';
import { PrimaryClient } from './primary.ts';

const reconnectMs = 1000;
const answerTimeoutMs = 5000;

export interface Notifications {
  /** Whether the connection listens. */
  isUp(): boolean;
  /** Sends texts of less than 8000 bytes to all listeners of the channel, this one included. Rejects when they may not have been sent. */
  send(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface NotificationOptions {
  channel: string;
  onText(text: string): void;
  /** Called whenever the connection begins to listen: earlier texts may be lost. */
  onListening(): void;
}

/** Connects in the background. A pooler that keeps no session for each client brings no notifications, and reports no error. */
export const openNotifications = (url: string, options: NotificationOptions): Notifications =>
  new Listener(url, options);

class Listener implements Notifications {
  readonly #url: string;
  readonly #options: NotificationOptions;
  /** The connection while it listens. */
  #client: pg.Client | undefined;
  /** Ends the present connection. */
  #drop = (): void => {};
  #stop = (): void => {};
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop = resolve;
  });
  #isStopped = false;
  readonly #running: Promise<void>;

  constructor(url: string, options: NotificationOptions) {
    this.#url = url;
    this.#options = options;
    this.#running = this.#run();
  }

  isUp(): boolean {
    return this.#client !== undefined;
  }

  async send(texts: readonly string[]): Promise<void> {
    const { channel } = this.#options;
    const sent = this.#client?.query('select pg_notify($1, text) from unnest($2::text[]) as text', [
      channel,
      texts,
    ]);
    if (sent && (await withTimeout(sent, answerTimeoutMs).catch(() => undefined))) return;
    // A connection that does not answer is replaced.
    this.#drop();
    throw new Error('Notifications were not sent');
  }

  async close(): Promise<void> {
    this.#isStopped = true;
    this.#stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      // An unreachable database has its line of the log elsewhere.
      await this.#listen().catch(() => {});
      await Promise.race([this.#stopped, new Promise((resolve) => setTimeout(resolve, reconnectMs).unref())]);
    }
  }

  /** Resolves when the connection has ended. */
  async #listen(): Promise<void> {
    const client = new PrimaryClient({
      connectionString: this.#url,
      connectionTimeoutMillis: answerTimeoutMs,
    });
    const lost = new Promise<void>((resolve) => {
      this.#drop = resolve;
      client.on('error', () => resolve());
      client.on('end', () => resolve());
    });
    client.on('notification', ({ payload = '' }) => this.#options.onText(payload));
    try {
      await client.connect();
      // No disk need keep a notification.
      const listening = client.query(
        `set synchronous_commit = off; listen ${client.escapeIdentifier(this.#options.channel)}`,
      );
      if (!(await withTimeout(listening, answerTimeoutMs))) return;
      this.#client = client;
      this.#options.onListening();
      await Promise.race([lost, this.#stopped]);
    } finally {
      this.#client = undefined;
      void withTimeout(
        client.end().catch(() => {}),
        answerTimeoutMs,
      );
    }
  }
}
