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
  listen(listener: Listener): void;
  /** Tells all listeners, one after another; what they throw rolls the transaction back. */
  tell(tx: Tx, facts: readonly Fact[]): Promise<void>;
}

export function openListeners(): Listeners {
  const listeners: Listener[] = [];
  return {
    listen: (listener) => {
      listeners.push(listener);
    },
    tell: async (tx, facts) => {
      if (facts.length) for (const listener of listeners) await listener(tx, facts);
    },
  };
}
