/** The first argument of every verb: the engines, configuration and clock. It knows no noun. */
import type { Presence } from './cable/presence.ts';
import type { Config } from './config.ts';
import type { Db } from './db/db.ts';
import type { Bus } from './events/bus.ts';
import type { Listeners } from './events/listeners.ts';
import type { FileStore } from './files/store.ts';
import type { Limits } from './http/limits.ts';
import type { Installation } from './installation.ts';
import type { Log } from './log.ts';
import type { LoopDelay } from './loop-delay.ts';
import type { Mail } from './mail/mail.ts';
import type { Metrics } from './metrics.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Outgoing } from './outgoing/outgoing.ts';
import type { Redis } from './redis/redis.ts';

export interface App {
  readonly config: Readonly<Config>;
  readonly db: Db;
  readonly bus: Bus;
  /** Undefined where `REDIS_URL` is not set, and on the command line. */
  readonly redis: Redis | undefined;
  readonly listeners: Listeners;
  readonly presence: Presence;
  readonly files: FileStore;
  /** HTTP requests to addresses that users entered. */
  readonly outgoing: Outgoing;
  readonly mail: Mail;
  readonly installation: Installation;
  /** The processes that run on the same database. */
  readonly nodes: Nodes;
  readonly limits: Limits;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly loopDelay: LoopDelay;
  /** Milliseconds since 1970; tests pass a clock of their own. */
  now(): number;
  /** The public address without a trailing slash, known once the server listens. */
  url(): string;
}
