/** What a subscription is entitled to. Who is entitled is decided in `auth/`. */

/** What an identifier's proof entitles to, as `auth/authenticate-subscription.ts` found it. */
export interface Seat {
  account_id: number;
  /** The stream of the token itself: `session:<id>` or `user:<id>`. */
  own: string;
  /** The stream whose presence set it may join (cable.md D.5). */
  set: string;
  person:
    | { kind: 'contact'; id: number; session_id: number; inbox_id: number }
    | { kind: 'user'; id: number };
}

/** A seat and every stream that is heard from it, its own first. */
export interface Seating {
  seat: Seat;
  streams: readonly string[];
}

/** The seat for a subscription's parameters; undefined when it must be rejected. */
export type FindSeat = (params: Readonly<Record<string, unknown>>) => Promise<Seating | undefined>;
