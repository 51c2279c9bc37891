/**
 * RoomChannel (cable.md part B): what a subscription is, what its commands do, and what happens to it when the rights
 * behind it change. Who may subscribe is asked of one injected function.
 */
import { MAX_IDENTIFIER, type PresenceMember, type PresenceMessage } from '@hoory/contract';
import type { App } from '../app.ts';
import { type AccessChange, followAccess } from '../events/access.ts';
import { goLive, sendHistory, withoutHistory } from './history.ts';
import { openHub } from './hub.ts';
import { prefixOf } from './prefix.ts';
import { openPresenceBroadcast } from './presence-broadcast.ts';
import { openPresenceSets } from './presence-sets.ts';
import { type Command, readIdentifier } from './protocol.ts';
import type { LeftSubscription } from './session-cache.ts';
import { type CableConnection, Subscription } from './subscription.ts';
import type { FindGrant, SubscriptionGrant } from './subscription-grant.ts';

const maxSubscriptions = 500;

type SubscribeCommand = Extract<Command, { command: 'subscribe' }>;

export type RoomChannel = ReturnType<typeof openRoomChannel>;

interface RoomChannelOptions {
  findGrant: FindGrant;
  /** Every connection of this node. */
  connections(): CableConnection[];
}

export function openRoomChannel(app: App, { findGrant, connections }: RoomChannelOptions) {
  const hub = openHub(app);
  const sets = openPresenceSets(app.now);
  const everybody = () => connections().flatMap(({ subscriptions }) => subscriptions);
  const presence = openPresenceBroadcast({ app, hub, everybody });
  let accessChanges = 0;
  let reconsidering: Promise<void> = Promise.resolve();

  const access = followAccess(app, (change) => {
    accessChanges++;
    presence.noteAccess(change);
    const affected = everybody().filter(isAffectedBy(change));
    reconsidering = reconsidering.then(async () => {
      for (const subscription of affected) await reconsider(subscription);
    });
  });

  async function run(connection: CableConnection, command: Command): Promise<void> {
    if (command.command === 'pong') return;
    if (command.command === 'ping') return connection.send({ type: 'pong' });
    if (command.command === 'subscribe') return subscribe(connection, command);
    const subscription = findSubscription(connection, command.identifier);
    if (!subscription) return;
    if (command.command === 'unsubscribe') return unsubscribe(subscription);
    if (command.command === 'message') {
      if (command.data.action === 'update_presence') await presence.show(subscription);
    } else if (connection.protocol === 'ext') await runExtended(subscription, command);
  }

  async function runExtended(subscription: Subscription, command: Command): Promise<void> {
    switch (command.command) {
      case 'history':
        // A restored client that knows no position of any stream asks without saying anything (@anycable/core).
        if (!command.history && !subscription.isAwaitingHistory) return;
        return sendHistory({ app, hub }, subscription, command.history ?? { since: 0, streams: {} });
      case 'join':
        return join(subscription, command.presence);
      case 'leave':
        return leaveSet(subscription);
      case 'presence': {
        const records = sets.members(subscription.grant.presenceSet);
        const message: PresenceMessage = {
          type: 'info',
          total: records.length,
          ...(command.data?.return_records !== false && { records }),
        };
        return subscription.send({ type: 'presence', message });
      }
    }
  }

  async function subscribe(
    connection: CableConnection,
    { identifier, history, presence: member }: SubscribeCommand,
  ): Promise<void> {
    // A second confirmation would make @anycable/core unsubscribe (cable.md A.4).
    if (findSubscription(connection, identifier)) return;
    const params = readIdentifier(identifier);
    if (params?.channel !== 'RoomChannel') return;
    const subscription = await open(connection, identifier, params);
    if (!subscription) return connection.send({ identifier, type: 'reject_subscription' });
    const isExtended = connection.protocol === 'ext';
    if (history && isExtended) {
      subscription.send({ type: 'confirm_subscription' });
      for (const attachment of subscription.attachments) attachment.clientOffset = undefined;
      await sendHistory({ app, hub }, subscription, history);
    } else {
      const streams = isExtended ? hub.positionsOf(subscription) : undefined;
      subscription.send({ type: 'confirm_subscription', streams });
      await goLive(hub, subscription);
    }
    if (member && isExtended) join(subscription, member);
    await presence.show(subscription);
  }

  /** Finds the grant and attaches its streams, not yet live; undefined when there is none. */
  async function open(
    connection: CableConnection,
    identifier: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<Subscription | undefined> {
    if (identifier.length > MAX_IDENTIFIER || connection.subscriptions.length >= maxSubscriptions)
      return undefined;
    for (;;) {
      const before = accessChanges;
      const found = await findGrant(params);
      if (!found) return undefined;
      const subscription = new Subscription(connection, identifier, found.grant);
      await hub.attach(subscription, found.streams);
      if (connection.isOpen && before === accessChanges) {
        connection.subscriptions = [...connection.subscriptions, subscription];
        await presence.enter(subscription.grant);
        return subscription;
      }
      hub.detach(subscription);
      if (!connection.isOpen) return undefined;
    }
  }

  function unsubscribe(subscription: Subscription): void {
    const { connection } = subscription;
    leaveSet(subscription);
    hub.detach(subscription);
    void presence.leave(subscription.grant);
    connection.subscriptions = connection.subscriptions.filter((other) => other !== subscription);
  }

  /** Finds the grant again: detaches what was lost, attaches what was gained, or sends the client away. */
  async function reconsider(subscription: Subscription): Promise<void> {
    const { connection, identifier } = subscription;
    try {
      const found = await findGrant(readIdentifier(identifier) ?? {});
      if (!isHeld(subscription)) return;
      if (!found) return connection.disconnect('remote');
      hub.detach(subscription, (stream) => !found.streams.includes(stream));
      const before = subscription.grant;
      subscription.grant = found.grant;
      await presence.enter(found.grant);
      await presence.leave(before);
      const gained = found.streams.filter((stream) => !subscription.isAttachedTo(stream));
      await hub.attach(subscription, gained);
      if (!isHeld(subscription)) return hub.detach(subscription);
      // After a replay that may be running, which goes through the streams one by one.
      void connection.enqueue(() => goLive(hub, subscription).catch(giveUp));
    } catch (error) {
      giveUp(error);
    }

    function giveUp(error: unknown): void {
      app.log.error({ err: error }, 'the rights of a subscription could not be read, its socket is closed');
      connection.disconnect('remote');
    }
  }

  function join(subscription: Subscription, member: PresenceMember): void {
    const { grant, connection } = subscription;
    if (sets.join(grant.presenceSet, connection.sid, member))
      tellSet(grant.presenceSet, { type: 'join', ...member });
  }

  function leaveSet({ grant, connection }: Subscription): void {
    const id = sets.leave(grant.presenceSet, connection.sid);
    if (id !== undefined) tellSet(grant.presenceSet, { type: 'leave', id });
  }

  function tellSet(stream: string, message: PresenceMessage): void {
    for (const subscription of hub.hearersOf(stream))
      if (subscription.protocol === 'ext') subscription.send({ type: 'presence', message });
  }

  return {
    /** Acts on a client's command. */
    run,

    /**
     * Takes up the subscriptions of an earlier connection, those that are still allowed. They go live when their history is
     * asked for or `endWaiting` is called: what comes meanwhile must not overtake what was missed.
     */
    async restore(connection: CableConnection, left: readonly LeftSubscription[]): Promise<string[]> {
      const restored: string[] = [];
      for (const { identifier, bases } of left) {
        const subscription = await open(connection, identifier, readIdentifier(identifier) ?? {});
        if (!subscription) continue;
        subscription.isAwaitingHistory = true;
        for (const attachment of subscription.attachments)
          attachment.clientOffset = bases.get(attachment.stream.name);
        restored.push(identifier);
      }
      return restored;
    },

    /** Restored subscriptions whose history was not asked for are told that they may have missed something, and go live. */
    async endWaiting(connection: CableConnection): Promise<void> {
      for (const subscription of connection.subscriptions)
        if (subscription.isAwaitingHistory) await withoutHistory(hub, subscription);
    },

    /** The connection is gone. */
    leave(connection: CableConnection): void {
      for (const subscription of connection.subscriptions) {
        sets.lose(subscription.grant.presenceSet, connection.sid);
        hub.detach(subscription);
        void presence.leave(subscription.grant);
      }
      connection.subscriptions = [];
    },

    /** Tells every subscription of a connection who is here. */
    async show(connection: CableConnection): Promise<void> {
      for (const subscription of connection.subscriptions) await presence.show(subscription);
    },

    /** Called about once a second while there are sockets: rights may be changed by another process. */
    lookForAccess: access.look,

    /** Called a few times a second: tells of who came and went. */
    async tick(): Promise<void> {
      for (const { stream, id } of sets.sweep()) tellSet(stream, { type: 'leave', id });
      await presence.tick();
    },

    close(): void {
      access.stop();
      presence.close();
      hub.close();
    },
  };
}

function findSubscription({ subscriptions }: CableConnection, identifier: string): Subscription | undefined {
  if (!subscriptions.length) return undefined;
  const bytes = prefixOf(identifier);
  return subscriptions.find(({ prefix }) => prefix.equals(bytes));
}

const isHeld = (subscription: Subscription) => subscription.connection.subscriptions.includes(subscription);

/** Which grants a change of access may touch: the most particular key counts. */
function isAffectedBy({ user_id, session_id, inbox_id, account_id }: AccessChange) {
  return ({ grant }: { grant: SubscriptionGrant }): boolean => {
    const { person } = grant;
    if (user_id !== undefined) return person.kind === 'user' && person.id === user_id;
    if (session_id !== undefined) return person.kind === 'contact' && person.session_id === session_id;
    if (account_id !== undefined && grant.account_id !== account_id) return false;
    return inbox_id === undefined || person.kind === 'user' || person.inbox_id === inbox_id;
  };
}
