/**
 * Listeners run in the transaction of a domain event: another room (webhooks, notifications) writes its own rows before the commit
 * without being imported by the room that notifies. `listeners.ts` beside `main.ts` is the table of all listeners in order.
 */
import type { Outcome, Tx } from '../db/db.ts';
import { type DomainEvent, type DomainEventName, isNamed } from './domain-events.ts';

export interface Listener<Prefetched = unknown> {
  /**
   * Reads what `handle` needs of these conversations, in the same round trip as the other reads of a batch of messages. Posting
   * a message must not change the result.
   */
  prefetch?(tx: Tx, conversation_ids: readonly number[]): Promise<Prefetched>;
  /** @param prefetched the result of `prefetch` for all conversations of the events; undefined when it was not called */
  handle(tx: Tx, events: readonly DomainEvent[], prefetched?: Prefetched): Promise<void>;
}

/** Results of `prefetch` by listener. */
export type PrefetchedData = ReadonlyMap<Listener, unknown>;

export interface Listeners {
  /** Adds listeners after the others. The listeners of one call run concurrently, so none may read what another writes. */
  add(...listeners: readonly Listener[]): void;
  /** Calls `prefetch` of all listeners, for events of messages in these conversations within this transaction. */
  prefetch(tx: Tx, conversation_ids: readonly number[]): Promise<PrefetchedData>;
  /**
   * Calls all listeners in order, once for all jobs of a batch that notify at the same time. An error of one rolls the transaction
   * back.
   */
  notify(tx: Tx, events: readonly DomainEvent[], prefetched?: PrefetchedData): Promise<void>;
}

interface Notification {
  events: readonly DomainEvent[];
  prefetched: PrefetchedData | undefined;
}

export function openListeners(): Listeners {
  const groups: (readonly Listener[])[] = [];
  const notifyAll = async (tx: Tx, given: readonly Notification[]): Promise<Outcome<void>[]> => {
    const events = given.flatMap((one) => one.events);
    // What was prefetched for some of the events lacks the conversations of the others.
    const prefetched = given.length === 1 ? given[0]?.prefetched : undefined;
    for (const group of groups)
      await Promise.all(group.map((listener) => listener.handle(tx, events, prefetched?.get(listener))));
    return given.map(() => ({ answer: undefined }));
  };
  return {
    add: (...listeners) => {
      groups.push(listeners);
    },
    prefetch: async (tx, conversation_ids) => {
      const entries = groups.flat().map(async (listener): Promise<[Listener, unknown]> => {
        return [listener, await listener.prefetch?.(tx, conversation_ids)];
      });
      return new Map(await Promise.all(entries));
    },
    notify: async (tx, events, prefetched) => {
      if (events.length) await tx.gather(notifyAll, { events, prefetched });
    },
  };
}

/** A listener that handles the events with these names one after another. */
export const on = <Name extends DomainEventName>(
  names: Name | readonly Name[],
  handle: (tx: Tx, event: DomainEvent<Name>) => Promise<void>,
): Listener => ({
  handle: async (tx, events) => {
    for (const event of events)
      if (isNamed<Name>(event, typeof names === 'string' ? [names] : names)) await handle(tx, event);
  },
});
