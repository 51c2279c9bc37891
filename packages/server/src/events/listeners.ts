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

export interface Listeners {
  /** Several that are named at once are told at once: none of them may read what another one writes. */
  listen(...listeners: Listener[]): void;
  /** Tells all listeners, one after another; what they throw rolls the transaction back. */
  tell(tx: Tx, facts: readonly Fact[]): Promise<void>;
}

export function openListeners(): Listeners {
  const groups: Listener[][] = [];
  return {
    listen: (...listeners) => {
      groups.push(listeners);
    },
    tell: async (tx, facts) => {
      if (!facts.length) return;
      for (const group of groups) await Promise.all(group.map((listener) => listener(tx, facts)));
    },
  };
}
