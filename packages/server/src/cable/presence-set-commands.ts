/** Runs commands on presence sets (cable.md D.5) and notifies the subscriptions of the set. `presence-sets.ts` stores the sets. */
import type { PresenceMember, PresenceMessage } from '@hoory/contract';
import type { Hub } from './hub.ts';
import { openPresenceSets } from './presence-sets.ts';
import type { Subscription } from './subscription.ts';

export class PresenceSetCommands {
  readonly #hub: Hub;
  readonly #sets: ReturnType<typeof openPresenceSets>;

  /** @param now in milliseconds */
  constructor(hub: Hub, now: () => number) {
    this.#hub = hub;
    this.#sets = openPresenceSets(now);
  }

  join({ grant, connection }: Subscription, member: PresenceMember): void {
    const isNew = this.#sets.join(grant.presenceSet, connection.sid, member);
    if (isNew) this.#send(grant.presenceSet, { type: 'join', ...member });
  }

  leave({ grant, connection }: Subscription): void {
    const id = this.#sets.leave(grant.presenceSet, connection.sid);
    if (id !== undefined) this.#send(grant.presenceSet, { type: 'leave', id });
  }

  /** Answers with the total, and with the members where `withRecords` is true. */
  query(subscription: Subscription, { withRecords }: { withRecords: boolean }): void {
    const records = this.#sets.members(subscription.grant.presenceSet);
    const message: PresenceMessage = { type: 'info', total: records.length, ...(withRecords && { records }) };
    subscription.send({ type: 'presence', message });
  }

  /** The socket of the subscription is closed; its session may be resumed. */
  lose({ grant, connection }: Subscription): void {
    this.#sets.lose(grant.presenceSet, connection.sid);
  }

  /** Removes members whose session was not resumed in time. */
  sweep(): void {
    for (const { stream, id } of this.#sets.sweep()) this.#send(stream, { type: 'leave', id });
  }

  #send(stream: string, message: PresenceMessage): void {
    for (const subscription of this.#hub.subscribersOf(stream))
      if (subscription.protocol === 'ext') subscription.send({ type: 'presence', message });
  }
}
