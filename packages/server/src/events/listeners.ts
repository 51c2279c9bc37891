/**
 * Listeners within the transaction: a younger noun (webhooks, notifications) hears what an older one did and writes its
 * own rows before the commit. The older noun does not know who listens.
 */
import type { Tx } from '../db/db.ts';

export interface Fact {
  /** What happened, in the webhook's words: `message_created`, `conversation_updated`. */
  event: string;
  account_id: number;
  inbox_id?: number;
  conversation_id?: number;
  /** Ids and changes that a listener needs to build what it tells its own audience. */
  detail: Record<string, unknown>;
}

export type Listener = (tx: Tx, facts: readonly Fact[]) => Promise<void>;

/**
 * A listener of every message, which has one question to ask of the conversations: asked before the messages are written, it
 * costs them no way to the database of its own.
 */
export interface FarListener<Seen> {
  /** The answer holds for one group of messages in one transaction: posting a message changes nothing that it tells. What it needs to know to hear of messages in these conversations, as they are now. */
  foresee(tx: Tx, conversation_ids: readonly number[]): Promise<Seen>;
  /** `seen`: the answer of `foresee` for all conversations of the facts, where it was asked. */
  hear(tx: Tx, facts: readonly Fact[], seen: Seen | undefined): Promise<void>;
}

/** What each of them has foreseen. */
export type Foreseen = ReadonlyMap<object, unknown>;

export interface Listeners {
  /** Several that are named at once are told at once: none of them may read what another one writes. */
  listen(...listeners: (Listener | FarListener<unknown>)[]): void;
  /** Asks, for who will tell facts of messages in these conversations within this transaction. */
  foresee(tx: Tx, conversation_ids: readonly number[]): Promise<Foreseen>;
  /** Tells all listeners, one after another; what they throw rolls the transaction back. */
  tell(tx: Tx, facts: readonly Fact[], foreseen?: Foreseen): Promise<void>;
}

export function openListeners(): Listeners {
  const groups: (Listener | FarListener<unknown>)[][] = [];
  return {
    listen: (...listeners) => {
      groups.push(listeners);
    },
    foresee: async (tx, conversation_ids) => {
      const far = groups.flat().filter((listener) => typeof listener === 'object');
      const seen = await Promise.all(far.map((listener) => listener.foresee(tx, conversation_ids)));
      return new Map(far.map((listener, index) => [listener, seen[index]]));
    },
    tell: async (tx, facts, foreseen) => {
      if (!facts.length) return;
      for (const group of groups)
        await Promise.all(
          group.map((listener) =>
            typeof listener === 'object'
              ? listener.hear(tx, facts, foreseen?.get(listener))
              : listener(tx, facts),
          ),
        );
    },
  };
}
