/**
 * Listeners run in the transaction of a domain event: a younger noun (webhooks, notifications) writes its own rows before the
 * commit, and the older noun does not import it. The table `listeners.ts` names all listeners in their order.
 */
import type { Tx } from '../db/db.ts';
import { type DomainEvent, type DomainEventName, isNamed } from './domain-events.ts';

export interface Listener<Prefetched = unknown> {
  /**
   * Reads what `handle` needs to know of these conversations, together with what a batch of messages reads, so that it costs
   * the message path no round trip of its own. Posting a message must not change the answer.
   */
  prefetch?(tx: Tx, conversation_ids: readonly number[]): Promise<Prefetched>;
  /** `prefetched`: the answer of `prefetch` for all conversations of the events; undefined where it was not called. */
  handle(tx: Tx, events: readonly DomainEvent[], prefetched?: Prefetched): Promise<void>;
}

/** Answers of `prefetch` by listener. */
export type PrefetchedData = ReadonlyMap<Listener, unknown>;

export interface Listeners {
  /** Adds listeners behind the others. Those of one call run concurrently: none may read what another one writes. */
  add(...listeners: readonly Listener[]): void;
  /** Calls `prefetch` of all listeners, for events of messages in these conversations within this transaction. */
  prefetch(tx: Tx, conversation_ids: readonly number[]): Promise<PrefetchedData>;
  /** Calls all listeners in order. An error of one rolls the transaction back. */
  notify(tx: Tx, events: readonly DomainEvent[], prefetched?: PrefetchedData): Promise<void>;
}

export function openListeners(): Listeners {
  const groups: (readonly Listener[])[] = [];
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
      if (!events.length) return;
      for (const group of groups)
        await Promise.all(group.map((listener) => listener.handle(tx, events, prefetched?.get(listener))));
    },
  };
}

/** A listener of events with these names, called for one event after another. */
export const on = <Name extends DomainEventName>(
  names: Name | readonly Name[],
  handle: (tx: Tx, event: DomainEvent<Name>) => Promise<void>,
): Listener => ({
  handle: async (tx, events) => {
    for (const event of events)
      if (isNamed<Name>(event, typeof names === 'string' ? [names] : names)) await handle(tx, event);
  },
});
