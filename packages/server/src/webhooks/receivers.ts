/** Finds the receivers of events (webhooks.md section 1): the webhook of an inbox, webhooks of the account, bots. */
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { isAnyOf, listValue } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import { readWords } from '../stored-json.ts';

export interface Receiver {
  kind: 'inbox' | 'webhook' | 'bot';
  /** `inbox:<id>`, `webhook:<id>` or `bot:<id>` */
  endpoint: string;
  account_id: number;
  /** Receives only events of this inbox; null for all inboxes. */
  inbox_id: number | null;
  /** Only events of this conversation, for the bot that it is assigned to. */
  conversation_id: number | null;
  /** JSON list of events, of account webhooks. */
  subscriptions: string | null;
  /** Whether the endpoint has a row in `webhook_endpoints`. */
  is_known: number;
}

/** Conditions on the ids of an event. */
interface ReceiverConditions {
  accounts: RawBuilder<boolean>;
  inboxes: RawBuilder<boolean>;
  conversations: RawBuilder<boolean>;
}

// One statement for any number of events: a batch of messages without receivers costs one read.
function receiverQuery({ accounts, inboxes, conversations }: ReceiverConditions): RawBuilder<Receiver> {
  const none = sql`cast(null as bigint)`;
  const known = sql`case when state.endpoint is null then 0 else 1 end`;
  const bots = sql`join agent_bots on agent_bots.id =`;
  // Of conversations with `coalesce`, which keeps SQLite from beginning with all that have a bot.
  // A disabled bot too: its failed delivery hands the conversation over to agents.
  const isOn = sql`agent_bots.outgoing_url is not null`;
  return sql<Receiver>`
    select 'inbox' as kind, 'inbox:' || inboxes.id as endpoint, inboxes.account_id as account_id, inboxes.id as inbox_id,
      ${none} as conversation_id, cast(null as text) as subscriptions, ${known} as is_known
    from inboxes left join webhook_endpoints state on state.endpoint = 'inbox:' || inboxes.id
    where ${inboxes} and inboxes.webhook_url is not null
      and (state.disabled_url is null or state.disabled_url <> inboxes.webhook_url)
    union all
    select 'bot', 'bot:' || agent_bots.id, inboxes.account_id, inboxes.id, ${none}, null, ${known}
    from inboxes ${bots} inboxes.agent_bot_id left join webhook_endpoints state on state.endpoint = 'bot:' || agent_bots.id
    where ${inboxes} and ${isOn}
    union all
    select 'bot', 'bot:' || agent_bots.id, conversations.account_id, ${none}, conversations.id, null, ${known}
    from conversations ${bots} coalesce(conversations.assignee_agent_bot_id, 0)
      left join webhook_endpoints state on state.endpoint = 'bot:' || agent_bots.id
    where ${conversations} and ${isOn}
    union all
    select 'webhook', 'webhook:' || webhooks.id, webhooks.account_id, ${none}, ${none}, webhooks.subscriptions, ${known}
    from webhooks left join webhook_endpoints state on state.endpoint = 'webhook:' || webhooks.id
    where ${accounts} and (state.disabled_url is null or state.disabled_url <> webhooks.url)`;
}

interface ReceiverParams {
  accounts: unknown;
  inboxes: unknown;
  conversations: unknown;
}

const receiversByIds = preparedQuery((_q, place: ReceiverParams, db) =>
  receiverQuery({
    accounts: isAnyOf(db, 'webhooks.account_id', place.accounts),
    inboxes: isAnyOf(db, 'inboxes.id', place.inboxes),
    conversations: isAnyOf(db, 'conversations.id', place.conversations),
  }),
);

const receiversByConversations = preparedQuery((_q, place: { ids: unknown }, db) => {
  const isOne = isAnyOf(db, 'conversations.id', place.ids);
  return receiverQuery({
    accounts: sql`webhooks.account_id in (select account_id from conversations where ${isOne})`,
    inboxes: sql`inboxes.id in (select inbox_id from conversations where ${isOne})`,
    conversations: isOne,
  });
});

/** All receivers of any of these events. */
export async function findReceivers(tx: Tx, events: readonly DomainEvent[]): Promise<Receiver[]> {
  const list = (ids: (number | undefined)[]) =>
    listValue(tx, [...new Set(ids.filter((id) => id !== undefined))]);
  return tx.all(
    receiversByIds(tx, {
      accounts: list(events.map(({ account_id }) => account_id)),
      inboxes: list(events.map(({ inbox_id }) => inbox_id)),
      conversations: list(events.map(({ conversation_id }) => conversation_id)),
    }),
  );
}

/** All receivers of events of messages in these conversations. */
export const receiversOfConversations = (tx: Tx, ids: readonly number[]): Promise<Receiver[]> =>
  tx.all(receiversByConversations(tx, { ids: listValue(tx, [...new Set(ids)]) }));

const inboxEvents = new Set([
  'conversation_created',
  'conversation_status_changed',
  'conversation_updated',
  'message_created',
  'message_updated',
  'conversation_typing_on',
  'conversation_typing_off',
]);
const botEvents = new Set([
  'conversation_status_changed',
  'conversation_updated',
  'message_created',
  'message_updated',
  'conversation_opened',
  'conversation_resolved',
]);

/** Whether the receiver gets the event. */
export function receives(receiver: Receiver, event: string, cause: DomainEvent): boolean {
  if (receiver.account_id !== cause.account_id) return false;
  if (receiver.kind === 'webhook') return readWords(receiver.subscriptions ?? '[]').includes(event);
  const isPlace = receiver.conversation_id
    ? receiver.conversation_id === cause.conversation_id
    : receiver.inbox_id === cause.inbox_id;
  return isPlace && (receiver.kind === 'inbox' ? inboxEvents : botEvents).has(event);
}
