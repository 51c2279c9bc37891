/** A promise that was broken, and the evidence by which it is judged. */
import type { Timed } from '../history.ts';
import type { Stored } from '../stored/stored.ts';

export type Rule =
  | 'servers stay up'
  | 'stored once'
  | 'acknowledged alike'
  | 'not refused'
  | 'one order'
  | 'received once'
  | 'received all'
  | 'state is that of the last event'
  | 'no note at a customer'
  | 'only to the entitled'
  | 'webhooks sent'
  | 'webhooks with one id'
  | 'webhooks in order'
  | 'counters are right';

export interface Violation {
  rule: Rule;
  /** What was found and what was expected, in a sentence. */
  text: string;
  /** What it is about: its history goes into the report. */
  about: { key?: string; message?: number; conversation?: number; follower?: string };
}

/** What the checker judges. */
export interface Evidence {
  entries: readonly Timed[];
  stored: Stored;
  followers: readonly FollowerFacts[];
}

export interface FollowerFacts {
  name: string;
  kind: string;
  role: 'customer' | 'agent';
  /** The customer's session; of agents none, because they see all conversations. */
  source_id?: string;
  /** Heads by stream id before the work began: every later event is owed to it. */
  from: ReadonlyMap<string, number>;
  /** Heads by stream id after the work had ended. */
  to: ReadonlyMap<string, number>;
}
