/**
 * The link of a node on PostgreSQL: Redis where it answers, else the notifications of PostgreSQL, and in both cases a look at the log
 * each second while there are other nodes, so that a notice that was lost anywhere is found (decisions.md 10). A node alone without
 * Redis sends and reads nothing.
 */
import type { NotificationOptions, Notifications } from '../db/postgres/notifications.ts';
import type { Log } from '../log.ts';
import type { Bus, BusState, NodeLink, SharedNotice } from './bus.ts';
import type { LogWatch } from './log-watch.ts';
import { PostgresLink } from './postgres-link.ts';
import type { RedisLink } from './redis-link.ts';

const checkEveryMs = 1000;
/** Notifications within this time cause one look at the log. */
const gatherMs = 10;
/** Another node that sent something counts as there for this time, although the registry may not name it yet. */
const heardForMs = 15_000;

export interface PostgresNodeLinkOptions {
  bus: Bus;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  nodeId: string;
  watch: LogWatch;
  /** Undefined where `REDIS_URL` is not set. */
  redis: RedisLink | undefined;
  openNotifications(options: Omit<NotificationOptions, 'channel'>): Promise<Notifications>;
  /** Whether the registry names other nodes. */
  hasOthers(): boolean;
}

/** Opens the link and connects the bus with it. */
export async function linkNodes(options: PostgresNodeLinkOptions): Promise<void> {
  let link: PostgresNodeLink | undefined;
  const notifications = await options.openNotifications({
    onText: (text) => link?.receive(text),
    onListening: () => link?.onListening(),
  });
  await options.redis?.opened();
  link = new PostgresNodeLink(notifications, options);
  options.bus.connect(link);
}

class PostgresNodeLink implements NodeLink {
  readonly #options: PostgresNodeLinkOptions;
  readonly #notifications: Notifications;
  readonly #postgres: PostgresLink;
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;
  /** The log may have changed since the running look at it began. */
  #isBehind = false;
  #isFailing = false;
  #hasOthers = false;
  #heardUntil = 0;
  #loggedState: BusState = 'ok';

  constructor(notifications: Notifications, options: PostgresNodeLinkOptions) {
    this.#options = options;
    this.#notifications = notifications;
    this.#postgres = new PostgresLink(notifications, {
      bus: options.bus,
      nodeId: options.nodeId,
      onHeard: () => this.#hear(),
      onMoved: () => this.#checkSoon(),
    });
    options.redis?.onReady(() => this.#checkSoon());
    this.#timer = setInterval(() => this.#tick(), checkEveryMs).unref();
    this.#tick();
  }

  send(notice: SharedNotice): void {
    const { redis } = this.#options;
    if (redis?.isUp()) redis.send(notice);
    else if (this.#hasOthers) this.#postgres.send(notice);
  }

  async follow(topics: readonly string[]): Promise<void> {
    await this.#options.redis?.follow(topics);
  }

  unfollow(topics: readonly string[]): void {
    this.#options.redis?.unfollow(topics);
  }

  state(): BusState {
    const { redis } = this.#options;
    return redis ? redis.state() : this.#hasOthers ? 'degraded' : 'ok';
  }

  receive(text: string): void {
    this.#postgres.receive(text);
  }

  onListening(): void {
    this.#postgres.greet();
    this.#checkSoon();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    await Promise.all([this.#checking, this.#notifications.close(), this.#options.redis?.close()]);
  }

  #hear(): void {
    this.#heardUntil = performance.now() + heardForMs;
    if (!this.#hasOthers) this.#tick();
  }

  #tick(): void {
    const { hasOthers, watch } = this.#options;
    const had = this.#hasOthers;
    this.#hasOthers = hasOthers() || performance.now() < this.#heardUntil;
    // The log was not read while this node was alone.
    if (this.#hasOthers && !had) watch.restart();
    if (this.#hasOthers) this.#check();
    this.#logState();
  }

  #checkSoon(): void {
    if (!this.#hasOthers) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#check();
    }, gatherMs).unref();
  }

  #check(): void {
    this.#isBehind = true;
    this.#checking ??= this.#readLog().finally(() => {
      this.#checking = undefined;
    });
  }

  async #readLog(): Promise<void> {
    const { watch, log } = this.#options;
    try {
      while (this.#isBehind) {
        this.#isBehind = false;
        await watch.check();
      }
      this.#isFailing = false;
    } catch (err) {
      if (!this.#isFailing) log.error({ err }, 'events of other nodes could not be read, it is tried again');
      this.#isFailing = true;
    }
  }

  #logState(): void {
    const { log, redis } = this.#options;
    const state = this.state();
    if (state === this.#loggedState) return;
    this.#loggedState = state;
    const reason = redis ? 'Redis does not answer' : 'there are several nodes and no REDIS_URL';
    if (state === 'degraded')
      log.warn(`${reason}: events of other nodes are read from the log each second, limits count per node`);
    else log.info('the nodes are connected again');
  }
}
