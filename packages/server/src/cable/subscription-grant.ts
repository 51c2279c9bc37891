/** The streams that a subscription may read, which `auth/authenticate-subscription.ts` decides. */

/** The owner of a subscription and its streams, as `auth/authenticate-subscription.ts` found them by the identifier's token. */
export interface SubscriptionGrant {
  account_id: number;
  /** The stream of the token itself: `session:<id>` or `user:<id>`. */
  tokenStream: string;
  /** The stream whose presence set it may join (cable.md D.5). */
  presenceSet: string;
  person:
    | { kind: 'contact'; id: number; session_id: number; inbox_id: number }
    | { kind: 'user'; id: number };
}

/** A grant and every stream that it opens, the stream of its token first. */
export interface GrantedStreams {
  grant: SubscriptionGrant;
  streams: readonly string[];
}

/** The grant for a subscription's parameters; undefined when it must be rejected. */
export type FindGrant = (params: Readonly<Record<string, unknown>>) => Promise<GrantedStreams | undefined>;
