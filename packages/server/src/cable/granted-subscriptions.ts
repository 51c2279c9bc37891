/**
 * Opens subscriptions by their grants, and finds the grants again when access changes. A subscription that gained streams is attached
 * to them. The client of a subscription that lost its grant is disconnected.
 */
import { MAX_IDENTIFIER } from '@hoory/contract';
import type { App } from '../app.ts';
import { type AccessFollower, followAccessChanges } from '../events/access.ts';
import type { AccessChange } from '../events/logged-events.ts';
import { startLive } from './history.ts';
import type { Hub } from './hub.ts';
import type { PresenceBroadcast } from './presence-broadcast.ts';
import { readIdentifier } from './protocol.ts';
import { type CableConnection, Subscription } from './subscription.ts';
import type { FindGrant, SubscriptionGrant } from './subscription-grant.ts';

const maxSubscriptions = 500;

export interface GrantedSubscriptionsOptions {
  app: App;
  hub: Hub;
  presence: PresenceBroadcast;
  findGrant: FindGrant;
  /** Every subscription of this node. */
  subscriptions(): Subscription[];
  /** The streams of a subscription of the connection have changed. */
  onChange(connection: CableConnection): void;
}

export class GrantedSubscriptions {
  readonly #options: GrantedSubscriptionsOptions;
  readonly #access: AccessFollower;
  /** Counts changes of access, so that a grant that was found before one is not used after it. */
  #accessChanges = 0;
  /** Settles when the changes so far are applied. */
  #applied: Promise<void> = Promise.resolve();

  /** Follows changes of access until `close`. */
  constructor(options: GrantedSubscriptionsOptions) {
    this.#options = options;
    this.#access = followAccessChanges(options.app, (change) => this.#onAccess(change));
  }

  /** Finds the grant and attaches its streams, not yet live; undefined when the subscription must be rejected. */
  async open(
    connection: CableConnection,
    identifier: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<Subscription | undefined> {
    const { hub, presence, findGrant } = this.#options;
    if (identifier.length > MAX_IDENTIFIER || connection.subscriptions.length >= maxSubscriptions)
      return undefined;
    // A change that commits after the grant was read must be handled, also while the server starts.
    await this.#access.started();
    for (;;) {
      const before = this.#accessChanges;
      const found = await findGrant(params);
      if (!found) return undefined;
      const subscription = new Subscription(connection, identifier, found.grant);
      await hub.attach(subscription, found.streams);
      if (connection.isOpen && before === this.#accessChanges) {
        connection.subscriptions = [...connection.subscriptions, subscription];
        presence.enter(subscription);
        return subscription;
      }
      hub.detach(subscription);
      if (!connection.isOpen) return undefined;
    }
  }

  /** Detaches the subscription, which its connection no longer lists. */
  release(subscription: Subscription): void {
    this.#options.hub.detach(subscription);
    this.#options.presence.leave(subscription);
  }

  /** Applies changes of access that another process made. Never rejects. */
  checkAccess(): Promise<void> {
    return this.#access.readNew();
  }

  close(): void {
    this.#access.stop();
  }

  #onAccess(change: AccessChange): void {
    this.#accessChanges++;
    this.#options.presence.noteAccess(change);
    const affected = this.#options.subscriptions().filter(isAffectedBy(change));
    this.#applied = this.#applied.then(async () => {
      for (const subscription of affected) await this.#reauthorize(subscription);
    });
  }

  async #reauthorize(subscription: Subscription): Promise<void> {
    const { connection, identifier } = subscription;
    try {
      const found = await this.#options.findGrant(readIdentifier(identifier) ?? {});
      if (!isActive(subscription)) return;
      if (!found) return connection.disconnect('remote');
      await this.#changeGrant(subscription, found.grant, found.streams);
    } catch (error) {
      this.#disconnect(subscription, error);
    }
  }

  async #changeGrant(
    subscription: Subscription,
    grant: SubscriptionGrant,
    streams: readonly string[],
  ): Promise<void> {
    const { app, hub, presence } = this.#options;
    hub.detach(subscription, (stream) => !streams.includes(stream));
    const before = subscription.grant;
    subscription.grant = grant;
    presence.move(subscription, before);
    const gained = streams.filter((stream) => !subscription.isAttachedTo(stream));
    await hub.attach(subscription, gained);
    if (!isActive(subscription)) return hub.detach(subscription);
    this.#options.onChange(subscription.connection);
    // Queued, since a running replay goes through the streams one by one.
    void subscription.connection.enqueue(() =>
      startLive(app, subscription).catch((error: unknown) => this.#disconnect(subscription, error)),
    );
  }

  #disconnect({ connection }: Subscription, error: unknown): void {
    this.#options.app.log.error(
      { err: error },
      'the rights of a subscription could not be read, its socket is closed',
    );
    connection.disconnect('remote');
  }
}

const isActive = (subscription: Subscription) => subscription.connection.subscriptions.includes(subscription);

/** Whether a change of access may affect a grant: the most specific key of the change decides. */
function isAffectedBy({ user_id, session_id, inbox_id, account_id }: AccessChange) {
  return ({ grant }: { grant: SubscriptionGrant }): boolean => {
    const { person } = grant;
    if (user_id !== undefined) return person.kind === 'user' && person.id === user_id;
    if (session_id !== undefined) return person.kind === 'contact' && person.session_id === session_id;
    if (account_id !== undefined && grant.account_id !== account_id) return false;
    return inbox_id === undefined || person.kind === 'user' || person.inbox_id === inbox_id;
  };
}
