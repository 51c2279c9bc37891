/**
 * Adds the messages of a batch to the facts of reports, in one statement. Triggers keep the other facts (migration 0124). A trigger
 * on messages would write two rows for each scope of each message, where a batch writes a few rows.
 */
import { MessageType } from '@hoory/contract';
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { ConversationRow, MessageRow, ReportFactRow } from '../db/tables.ts';
import { readWords } from '../stored-json.ts';
import { dayMs } from '../time.ts';

const quarterMs = 900_000;
/** The facts of longer conversations are kept apart from those of their team and labels. Migration 0124 has the same number. */
const maxShortMessages = 200;

const keys = ['account_id', 'scope', 'slot_ms', 'slot', 'conversation_id'] as const;
const counts = ['incoming_messages', 'outgoing_messages', 'surveys'] as const;

type MessageFact = Pick<ReportFactRow, (typeof keys)[number] | (typeof counts)[number]>;

/** Sends the statement; nothing for messages that no report counts. @param conversations by id, as they are stored */
export async function addMessageFacts(
  tx: Tx,
  messages: readonly MessageRow[],
  conversations: ReadonlyMap<number, ConversationRow>,
): Promise<void> {
  const facts = sumByFact(messages, conversations);
  // In one order, in which all writers lock them.
  const rows = [...facts.keys()].sort().flatMap((name) => facts.get(name) ?? []);
  await tx.addMany('report_facts', rows, keys);
}

/** Moves the facts of conversations that this batch has made long ones. @param before rows as they are stored, by id */
export async function moveLengthened(
  tx: Tx,
  conversations: readonly ConversationRow[],
  before: ReadonlyMap<number, ConversationRow>,
): Promise<void> {
  const lengthened = conversations.filter((conversation) => {
    const stored = before.get(conversation.id);
    return stored && !isLong(stored) && isLong(conversation);
  });
  // All at once: the commit follows what a batch has sent.
  await Promise.all(lengthened.map((conversation) => tx.run(addLengthened(tx, conversation))));
}

/** Quarters first, then the days that they make up: a message touches one fact for each scope. */
function sumByFact(
  messages: readonly MessageRow[],
  conversations: ReadonlyMap<number, ConversationRow>,
): Map<string, MessageFact> {
  const facts = new Map<string, MessageFact>();
  for (const message of messages) {
    const conversation = conversations.get(message.conversation_id);
    if (!conversation || !isCounted(message)) continue;
    const slot = Math.floor(message.created_at / quarterMs);
    for (const scope of scopesOf(message, conversation))
      countMessage(factOf(facts, message.account_id, scope, quarterMs, slot), message);
    if (isLong(conversation))
      countMessage(factOf(facts, message.account_id, 'long', quarterMs, slot, conversation.id), message);
  }
  for (const quarter of [...facts.values()]) {
    if (quarter.scope === 'long') continue;
    const slot = Math.floor((quarter.slot * quarterMs) / dayMs);
    const day = factOf(facts, quarter.account_id, quarter.scope, dayMs, slot);
    for (const count of counts) day[count] += quarter[count];
  }
  return facts;
}

/** The same as the view `report_records`. */
const isCounted = ({ message_type, private: isPrivate, content_type }: MessageRow): boolean =>
  (isPrivate === 0 && (message_type === MessageType.incoming || message_type === MessageType.outgoing)) ||
  content_type === 'input_csat';

function countMessage(fact: MessageFact, message: MessageRow): void {
  if (message.private === 0 && message.message_type === MessageType.incoming) fact.incoming_messages++;
  if (message.private === 0 && message.message_type === MessageType.outgoing) fact.outgoing_messages++;
  if (message.content_type === 'input_csat') fact.surveys++;
}

const isLong = ({ message_count }: ConversationRow): boolean => message_count > maxShortMessages;

function scopesOf(message: MessageRow, conversation: ConversationRow): string[] {
  const scopes = ['account', `inbox:${message.inbox_id}`];
  if (message.sender_type === 'User' && message.sender_id !== null) scopes.push(`agent:${message.sender_id}`);
  if (isLong(conversation)) return scopes;
  if (conversation.team_id !== null) scopes.push(`team:${conversation.team_id}`);
  for (const label of readWords(conversation.labels)) scopes.push(`label:${label}`);
  return scopes;
}

/** Adds the fact when it is missing. Separate parameters, because an object for each message takes longer than all the rest. */
function factOf(
  facts: Map<string, MessageFact>,
  account_id: number,
  scope: string,
  slot_ms: number,
  slot: number,
  conversation_id = 0,
): MessageFact {
  const name = `${account_id} ${slot_ms} ${slot} ${conversation_id} ${scope}`;
  const known = facts.get(name);
  if (known) return known;
  const fact = {
    account_id,
    scope,
    slot_ms,
    slot,
    conversation_id,
    incoming_messages: 0,
    outgoing_messages: 0,
    surveys: 0,
  };
  facts.set(name, fact);
  return fact;
}

const addLengthened = preparedQuery(
  (_q, row: ConversationRow) =>
    sql`insert into report_lengthened (conversation_id, team_id) values (${row.id}, ${row.team_id})`,
);
