/** Tells who is here: those who ask, those who share their token, and a whole account when its users come and go. */
import type { App } from '../app.ts';
import type { AccessChange } from '../events/access.ts';
import { followPresence, tellPresence } from '../events/presence.ts';
import { SharedMessage } from './frames.ts';
import type { Hub } from './hub.ts';
import { presenceUpdate } from './presence-update.ts';
import type { Subscription } from './subscription.ts';
import type { SubscriptionGrant } from './subscription-grant.ts';

/** Pushes to everybody in an account are at least this far apart, in milliseconds. */
const pushEvery = 3000;
/** Ticks until the others on a token are told, about a second. */
const ticksPerTelling = 3;

export function openPresenceBroadcast({
  app,
  hub,
  everybody,
}: {
  app: App;
  hub: Hub;
  /** Every subscription of this node. */
  everybody(): Subscription[];
}) {
  /** Accounts whose presence changed since it was last pushed, and when that was. */
  const changed = new Set<number>();
  const pushedAt = new Map<number, number>();
  /** Who asked lately, by token stream; the others on the token are told of it. */
  const asked = new Map<string, Set<Subscription>>();
  let ticks = 0;

  const stopListening = followPresence(app, (account_id) => changed.add(account_id));

  /** Counts a subscription with this grant as a socket of its person. */
  async function enter({ account_id, person }: SubscriptionGrant): Promise<void> {
    const hasCome = await app.presence.enter(account_id, person.kind, person.id);
    if (hasCome && person.kind === 'user') tellPresence(app, account_id);
  }

  /**
   * Tells the subscription who is here, and everybody else on its token (cable.md B.2). Never rejects: who is not told now is
   * told at the next `update_presence`.
   */
  async function show(subscription: Subscription): Promise<void> {
    const { account_id, tokenStream, person } = subscription.grant;
    asked.set(tokenStream, (asked.get(tokenStream) ?? new Set()).add(subscription));
    try {
      const payload = await presenceUpdate(app, account_id, person.kind);
      subscription.connection.write(new SharedMessage(payload, '').for(subscription));
    } catch (err) {
      app.log.error({ err }, 'a client could not be told who is here');
    }
  }

  /** At once for all: a thousand sockets of one token that come together must not each be told of each other. */
  async function tellOthers(): Promise<void> {
    const streams = [...asked];
    asked.clear();
    for (const [own, askers] of streams) {
      const others = hub.hearersOf(own).filter((subscription) => !askers.has(subscription));
      const [first] = others;
      if (!first) continue;
      const { account_id, person } = first.grant;
      const message = new SharedMessage(await presenceUpdate(app, account_id, person.kind), '');
      for (const subscription of others)
        if (subscription.grant.account_id === account_id)
          subscription.connection.write(message.for(subscription));
    }
  }

  /** Tells this node's sockets of an account who is here, without being asked. */
  async function pushPresence(account_id: number): Promise<void> {
    const messages = {
      user: new SharedMessage(await presenceUpdate(app, account_id, 'user'), ''),
      contact: new SharedMessage(await presenceUpdate(app, account_id, 'contact'), ''),
    };
    for (const subscription of everybody())
      if (subscription.grant.account_id === account_id)
        subscription.connection.write(messages[subscription.grant.person.kind].for(subscription));
  }

  return {
    enter,

    /** A subscription that `enter` counted has ended, or has another grant. */
    leave: ({ account_id, person }: SubscriptionGrant): Promise<void> =>
      app.presence.leave(account_id, person.kind, person.id),

    show,

    /** Who is in the account has changed: somebody joined it or left. */
    noteAccess({ user_id, account_id }: AccessChange): void {
      if (user_id !== undefined && account_id !== undefined) changed.add(account_id);
    },

    /** Called a few times a second. */
    async tick(): Promise<void> {
      for (const account_id of await app.presence.sweep()) tellPresence(app, account_id);
      if (++ticks % ticksPerTelling === 0) await tellOthers();
      for (const account_id of changed) {
        if (app.now() - (pushedAt.get(account_id) ?? 0) < pushEvery) continue;
        changed.delete(account_id);
        pushedAt.set(account_id, app.now());
        await pushPresence(account_id).catch((error) => {
          changed.add(account_id);
          throw error;
        });
      }
    },

    close: stopListening,
  };
}
