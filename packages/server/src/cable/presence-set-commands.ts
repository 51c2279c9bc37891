/** Runs commands on presence sets (cable.md D.5). Their subscribers on every node are told through the bus, by the stream of the set. */
import type { PresenceMember, PresenceMessage } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Hub } from './hub.ts';
import {
  openMemoryPresenceSets,
  type PresenceNotice,
  type PresenceSets,
  toPayload,
} from './presence-sets.ts';
import { openRedisPresenceSets } from './redis-presence-sets.ts';
import type { Subscription } from './subscription.ts';

export class PresenceSetCommands {
  readonly #sets: PresenceSets;

  constructor(app: App, hub: Hub) {
    const { bus, redis, installation, now } = app;
    const announce = (set: string, notice: PresenceNotice) =>
      bus.publish({ transient: { topic: set, payload: toPayload(notice) } });
    const hasSubscribers = (set: string) => hub.subscribersOf(set).length > 0;
    this.#sets = redis
      ? openRedisPresenceSets(redis, { installation, bus, now: redis.now, announce, hasSubscribers })
      : openMemoryPresenceSets({ now, announce });
  }

  join({ grant, connection }: Subscription, member: PresenceMember): Promise<void> {
    return this.#sets.join(grant.presenceSet, connection.sid, member);
  }

  leave({ grant, connection }: Subscription): Promise<void> {
    return this.#sets.leave(grant.presenceSet, connection.sid);
  }

  /** Answers with the total, and with the members where `withRecords` is true. */
  async query(subscription: Subscription, { withRecords }: { withRecords: boolean }): Promise<void> {
    const records = await this.#sets.members(subscription.grant.presenceSet);
    const message: PresenceMessage = { type: 'info', total: records.length, ...(withRecords && { records }) };
    subscription.send({ type: 'presence', message });
  }

  /** The socket of the subscription is closed; its session may be resumed. */
  lose({ grant, connection }: Subscription): void {
    this.#sets.lose(grant.presenceSet, connection.sid);
  }

  /** Removes members whose session was not resumed in time. Never rejects. */
  sweep(): Promise<void> {
    return this.#sets.sweep();
  }

  close(): void {
    this.#sets.close();
  }
}
