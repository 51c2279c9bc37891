/**
 * RoomChannel (cable.md part B): runs the commands of clients on their subscriptions, and restores the subscriptions of an earlier
 * connection. `granted-subscriptions.ts` decides which streams a subscription may read.
 */
import type { App } from '../app.ts';
import { GrantedSubscriptions } from './granted-subscriptions.ts';
import { rejectHistory, sendHistory, startLive } from './history.ts';
import { Hub } from './hub.ts';
import { positionsOf } from './live-stream.ts';
import { prefixOf } from './prefix.ts';
import { PresenceBroadcast } from './presence-broadcast.ts';
import { PresenceSetCommands } from './presence-set-commands.ts';
import { type Command, readIdentifier } from './protocol.ts';
import type { SavedSubscription } from './saved-subscription.ts';
import type { CableConnection, Subscription } from './subscription.ts';
import type { FindGrant } from './subscription-grant.ts';

interface RoomChannelOptions {
  findGrant: FindGrant;
  /** Every connection of this node. */
  connections(): CableConnection[];
  /** The subscriptions of a connection, their streams, or the positions that its client named have changed. */
  onChange(connection: CableConnection): void;
}

type SubscribeCommand = Extract<Command, { command: 'subscribe' }>;

export class RoomChannel {
  readonly #app: App;
  readonly #onChange: RoomChannelOptions['onChange'];
  readonly #hub: Hub;
  readonly #presence: PresenceBroadcast;
  readonly #presenceSets: PresenceSetCommands;
  readonly #granted: GrantedSubscriptions;

  constructor(app: App, { findGrant, connections, onChange }: RoomChannelOptions) {
    const subscriptions = () => connections().flatMap((connection) => connection.subscriptions);
    this.#app = app;
    this.#onChange = onChange;
    this.#hub = new Hub(app);
    this.#presence = new PresenceBroadcast({ app, hub: this.#hub });
    this.#presenceSets = new PresenceSetCommands(app, this.#hub);
    this.#granted = new GrantedSubscriptions({
      app,
      hub: this.#hub,
      presence: this.#presence,
      findGrant,
      subscriptions,
      onChange,
    });
  }

  /** Runs a command. A command for an identifier without a subscription is ignored (cable.md A.2). */
  async run(connection: CableConnection, command: Command): Promise<void> {
    if (command.command === 'pong') return;
    if (command.command === 'ping') return connection.send({ type: 'pong' });
    if (command.command === 'subscribe') return this.#subscribe(connection, command);
    const subscription = findSubscription(connection, command.identifier);
    if (!subscription) return;
    if (command.command === 'unsubscribe') return this.#unsubscribe(subscription);
    if (command.command === 'message') {
      if (command.data.action === 'update_presence') await this.#presence.sendTo(subscription);
    } else if (connection.protocol === 'ext') await this.#runExtended(subscription, command);
  }

  /**
   * Restores the subscriptions of an earlier connection that are still granted. They go live when the client requests their history
   * or `endWaiting` is called: a new event must not overtake a missed one.
   * @returns the identifiers of the restored subscriptions
   */
  async restore(connection: CableConnection, saved: readonly SavedSubscription[]): Promise<string[]> {
    const restored: string[] = [];
    for (const { identifier, clientOffsets } of saved) {
      const params = readIdentifier(identifier) ?? {};
      const subscription = await this.#granted.open(connection, identifier, params);
      if (!subscription) continue;
      subscription.isAwaitingHistory = true;
      for (const attachment of subscription.attachments)
        attachment.clientOffset = clientOffsets.get(attachment.stream.name);
      restored.push(identifier);
    }
    this.#onChange(connection);
    return restored;
  }

  /** Tells clients that requested no history for restored subscriptions to fetch their state again, and sends new events. */
  async endWaiting(connection: CableConnection): Promise<void> {
    for (const subscription of connection.subscriptions)
      if (subscription.isAwaitingHistory) await rejectHistory(this.#app, subscription);
  }

  /** Releases the subscriptions of a closed connection. */
  leave(connection: CableConnection): void {
    for (const subscription of connection.subscriptions) {
      this.#presenceSets.lose(subscription);
      this.#granted.release(subscription);
    }
    connection.subscriptions = [];
  }

  /** Sends the presence to every subscription of a connection. */
  async sendPresence(connection: CableConnection): Promise<void> {
    for (const subscription of connection.subscriptions) await this.#presence.sendTo(subscription);
  }

  /** Called about once a second while there are sockets, since another process may have changed access. Never rejects. */
  checkAccess(): Promise<void> {
    return this.#granted.checkAccess();
  }

  /** Called a few times a second: sends changes of presence. */
  async tick(): Promise<void> {
    await Promise.all([this.#presenceSets.sweep(), this.#presence.tick()]);
  }

  close(): void {
    this.#granted.close();
    this.#presence.close();
    this.#presenceSets.close();
    this.#hub.close();
  }

  async #runExtended(subscription: Subscription, command: Command): Promise<void> {
    switch (command.command) {
      case 'history':
        // A restored client that has no position of any stream sends an empty request (@anycable/core).
        if (!command.history && !subscription.isAwaitingHistory) return;
        await sendHistory(this.#app, subscription, command.history ?? { since: 0, streams: {} });
        return this.#onChange(subscription.connection);
      case 'join':
        return this.#presenceSets.join(subscription, command.presence);
      case 'leave':
        return this.#presenceSets.leave(subscription);
      case 'presence':
        return this.#presenceSets.query(subscription, {
          withRecords: command.data?.return_records !== false,
        });
    }
  }

  async #subscribe(connection: CableConnection, command: SubscribeCommand): Promise<void> {
    const { identifier, presence: member } = command;
    const known = findSubscription(connection, identifier);
    // A second confirmation would make @anycable/core unsubscribe (cable.md A.4). A client that subscribes to what was restored for
    // it, instead of requesting its history, had given up waiting for the first one, and waits forever without another.
    if (known?.isAwaitingHistory)
      return this.#confirm(known, { ...command, history: command.history ?? { since: 0, streams: {} } });
    if (known) return;
    const params = readIdentifier(identifier);
    if (params?.channel !== 'RoomChannel') return;
    const subscription = await this.#granted.open(connection, identifier, params);
    if (!subscription) return connection.send({ identifier, type: 'reject_subscription' });
    await this.#confirm(subscription, command);
    this.#onChange(connection);
    if (member && connection.protocol === 'ext') await this.#presenceSets.join(subscription, member);
    await this.#presence.sendTo(subscription);
  }

  async #confirm(subscription: Subscription, { history }: SubscribeCommand): Promise<void> {
    const isExtended = subscription.protocol === 'ext';
    if (history && isExtended) {
      subscription.send({ type: 'confirm_subscription' });
      for (const attachment of subscription.attachments) attachment.clientOffset = undefined;
      return sendHistory(this.#app, subscription, history);
    }
    const streams = isExtended ? positionsOf(this.#app, subscription) : undefined;
    subscription.send({ type: 'confirm_subscription', streams });
    await startLive(this.#app, subscription);
  }

  async #unsubscribe(subscription: Subscription): Promise<void> {
    const { connection } = subscription;
    this.#granted.release(subscription);
    connection.subscriptions = connection.subscriptions.filter((other) => other !== subscription);
    this.#onChange(connection);
    await this.#presenceSets.leave(subscription);
  }
}

function findSubscription({ subscriptions }: CableConnection, identifier: string): Subscription | undefined {
  if (!subscriptions.length) return undefined;
  const bytes = prefixOf(identifier);
  return subscriptions.find(({ prefix }) => prefix.equals(bytes));
}
