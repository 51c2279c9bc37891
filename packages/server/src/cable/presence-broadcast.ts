/**
 * Sends `presence.update` (cable.md B.2, B.4) to a subscription that requests it, to the other subscriptions of its token, and to a
 * whole account when one of its users comes, leaves or changes availability. `presence-update.ts` makes the event.
 */
import type { App } from '../app.ts';
import type { AccessChange } from '../events/logged-events.ts';
import { onPresenceChange, publishPresenceChange } from '../events/presence.ts';
import { SharedMessage } from './frames.ts';
import type { Hub } from './hub.ts';
import type { PersonKind } from './local-people.ts';
import { presenceUpdate } from './presence-update.ts';
import type { Subscription } from './subscription.ts';
import type { SubscriptionGrant } from './subscription-grant.ts';

/** Shortest time between two updates of an account. */
const accountIntervalMs = 3000;
/** Ticks until the other sockets of a token get an update, about a second. */
const ticksPerTokenUpdate = 3;

/** Most accounts of one tick: after an outage of Redis all have changed. */
const maxAccountsPerTick = 100;

export interface PresenceBroadcastOptions {
  app: App;
  hub: Hub;
}

export class PresenceBroadcast {
  readonly #options: PresenceBroadcastOptions;
  /** The subscriptions of this node that `enter` counted, by account. */
  readonly #subscriptions = new Map<number, Set<Subscription>>();
  /** Accounts with subscriptions here whose presence changed since their last update. */
  readonly #changedAccounts = new Set<number>();
  /** When an account had its last update, in milliseconds. */
  readonly #updatedAt = new Map<number, number>();
  /** By token stream: subscriptions that got an update which the other sockets of the token did not get yet. */
  readonly #updatedByToken = new Map<string, Set<Subscription>>();
  readonly #stopListening: () => void;
  #ticks = 0;

  /** Follows changes of presence until `close`. */
  constructor(options: PresenceBroadcastOptions) {
    this.#options = options;
    this.#stopListening = onPresenceChange(options.app, (account_id) => this.#note(account_id));
  }

  /** Counts a subscription as a socket of its person. */
  enter(subscription: Subscription): void {
    const { account_id, person } = subscription.grant;
    const subscriptions = this.#subscriptions.get(account_id) ?? new Set();
    this.#subscriptions.set(account_id, subscriptions.add(subscription));
    this.#options.app.presence.enter(account_id, person.kind, person.id);
  }

  /** Removes a subscription that `enter` counted, which has ended. */
  leave(subscription: Subscription): void {
    this.#leaveAs(subscription.grant);
    this.#removeFrom(subscription, subscription.grant.account_id);
  }

  /** Counts a subscription that `enter` counted for its present grant, and no longer for the one `before`. */
  move(subscription: Subscription, before: SubscriptionGrant): void {
    this.enter(subscription);
    this.#leaveAs(before);
    if (before.account_id !== subscription.grant.account_id)
      this.#removeFrom(subscription, before.account_id);
  }

  /**
   * Sends an update to the subscription now, and to the other sockets of its token (cable.md B.2) within a second. Never rejects: a
   * client without an update gets one at its next `update_presence`.
   */
  async sendTo(subscription: Subscription): Promise<void> {
    const { account_id, tokenStream, person } = subscription.grant;
    const updated = this.#updatedByToken.get(tokenStream) ?? new Set();
    this.#updatedByToken.set(tokenStream, updated.add(subscription));
    try {
      const message = await this.#newMessage(account_id, person.kind);
      subscription.connection.write(message.for(subscription));
    } catch (err) {
      this.#options.app.log.error({ err }, 'presence could not be sent to a client');
    }
  }

  /** A user joined or left the account, so its presence has changed. */
  noteAccess({ user_id, account_id }: AccessChange): void {
    if (user_id !== undefined && account_id !== undefined) this.#note(account_id);
  }

  /** Called a few times a second: sends the updates that are due. */
  async tick(): Promise<void> {
    const { app } = this.#options;
    for (const account_id of await app.presence.sweep()) publishPresenceChange(app, account_id);
    if (++this.#ticks % ticksPerTokenUpdate === 0) await this.#updateTokens();
    const now = app.now();
    const due = [...this.#changedAccounts].filter((account_id) => this.#isDue(account_id, now));
    for (const account_id of due.slice(0, maxAccountsPerTick)) await this.#update(account_id, now);
  }

  close(): void {
    this.#stopListening();
  }

  /** All tokens at once, so that a thousand sockets of one token that connect together do not each get a thousand updates. */
  async #updateTokens(): Promise<void> {
    const tokens = [...this.#updatedByToken];
    this.#updatedByToken.clear();
    for (const [stream, updated] of tokens) {
      const others = this.#options.hub
        .subscribersOf(stream)
        .filter((subscription) => !updated.has(subscription));
      const [first] = others;
      if (!first) continue;
      const { account_id, person } = first.grant;
      const message = await this.#newMessage(account_id, person.kind);
      for (const subscription of others)
        if (subscription.grant.account_id === account_id)
          subscription.connection.write(message.for(subscription));
    }
  }

  #isDue(account_id: number, now: number): boolean {
    return now - (this.#updatedAt.get(account_id) ?? 0) >= accountIntervalMs;
  }

  async #update(account_id: number, now: number): Promise<void> {
    this.#changedAccounts.delete(account_id);
    this.#updatedAt.set(account_id, now);
    try {
      await this.#updateAccount(account_id);
    } catch (error) {
      this.#note(account_id);
      throw error;
    }
  }

  async #updateAccount(account_id: number): Promise<void> {
    const messages = {
      user: await this.#newMessage(account_id, 'user'),
      contact: await this.#newMessage(account_id, 'contact'),
    };
    for (const subscription of this.#subscriptions.get(account_id) ?? [])
      subscription.connection.write(messages[subscription.grant.person.kind].for(subscription));
  }

  async #newMessage(account_id: number, kind: PersonKind): Promise<SharedMessage> {
    return new SharedMessage(await presenceUpdate(this.#options.app, account_id, kind), '');
  }

  /** An account without subscriptions here is the business of other nodes. */
  #note(account_id: number): void {
    if (this.#subscriptions.has(account_id)) this.#changedAccounts.add(account_id);
  }

  #leaveAs({ account_id, person }: SubscriptionGrant): void {
    this.#options.app.presence.leave(account_id, person.kind, person.id);
  }

  #removeFrom(subscription: Subscription, account_id: number): void {
    const subscriptions = this.#subscriptions.get(account_id);
    if (!subscriptions?.delete(subscription) || subscriptions.size) return;
    this.#subscriptions.delete(account_id);
    this.#changedAccounts.delete(account_id);
    this.#updatedAt.delete(account_id);
  }
}
