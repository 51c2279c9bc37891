/** A large account for measurements, written by the database itself: many conversations, one of them long. */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import { newPassword } from '../auth/password.ts';
import type { Runnable, TableName, Tx } from '../db/db.ts';
import { openSearchIndex } from '../db/search/search-index.ts';
import type { ContactInboxRow, ContactRow, FoldedContactColumns, MessageRow, Tables } from '../db/tables.ts';
import { setUp, setUpAgent } from '../setup.ts';

export interface Size {
  conversations: number;
  /** Messages of each, the newest from an agent. */
  messagesEach: number;
  /** Messages of the longest, which is the newest. */
  longest: number;
}

export interface Many {
  account_id: number;
  /** An agent, member of the inbox that the conversations are in. */
  access_token: string;
  /** Display id of the long conversation. */
  long: number;
}

/** Conversations that one transaction writes. */
const conversationsPerTransaction = 10_000;

/** @param say progress, one line each */
export async function seedMany(app: App, size: Size, say: (line: string) => void): Promise<Many> {
  const owner = { account: 'Bench', email: 'lists@example.test', password: newPassword(), inbox: 'Bench' };
  const { account_id, inbox } = await setUp(app, owner);
  const agent = await setUpAgent(app, {
    account: account_id,
    email: 'agent@example.test',
    name: 'Agent',
    password: newPassword(),
    role: 'agent',
    inboxes: [inbox.id],
  });
  const place = { account_id, inbox_id: inbox.id, agent_id: agent.id, now: app.now() };
  for (let from = 0; from < size.conversations; from += conversationsPerTransaction) {
    const count = Math.min(conversationsPerTransaction, size.conversations - from);
    await app.db.write((tx) => seedSome(tx, { ...place, from, count, each: size.messagesEach }));
    say(`${from + count} of ${size.conversations} conversations`);
  }
  await app.db.write((tx) => lengthen(tx, { ...place, count: size.longest }));
  const index = openSearchIndex(app.db, { now: app.now, settleMs: 0 });
  while (await index.indexNextBlock());
  await app.db.write((tx) =>
    tx.run(
      tx.q.updateTable('accounts').set({ last_display_id: size.conversations }).where('id', '=', account_id),
    ),
  );
  return { account_id, access_token: agent.access_token, long: size.conversations };
}

interface Place {
  account_id: number;
  inbox_id: number;
  agent_id: number;
  now: number;
}

type Columns<Row> = { [Name in keyof Row]: unknown };

/** `insert into table select columns` for every `n` of a range. */
const insertRange = <Row extends object>(
  table: TableName,
  columns: Columns<Row>,
  [from, to]: [number, number],
): Runnable<unknown> => {
  const names = Object.keys(columns);
  const values = Object.values(columns).map((value) =>
    typeof value === 'object' && value !== null ? sql`${value}` : sql.lit(value),
  );
  return sql`insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})
    select ${sql.join(values)} from (with recursive numbers (n) as (
      select cast(${sql.lit(from)} as bigint) union all select n + 1 from numbers where n < ${sql.lit(to - 1)}
    ) select n from numbers) as numbers`;
};

/** The first of `count` new ids. */
async function reserveIds(tx: Tx, table: TableName, count: number): Promise<number> {
  const [first] = await tx.nextIds(table, count);
  if (first === undefined) throw new Error(`no ids for ${table}`);
  return first;
}

/** Conversations `from` to `from + count`; the other fields are added to their number to get ids. */
interface Portion extends Place {
  from: number;
  count: number;
  /** Messages of each conversation. */
  each: number;
  contact: number;
  session: number;
  conversation: number;
  message: number;
}

async function seedSome(tx: Tx, some: Pick<Portion, keyof Place | 'from' | 'count' | 'each'>): Promise<void> {
  const { from, count, each } = some;
  const portion: Portion = {
    ...some,
    contact: (await reserveIds(tx, 'contacts', count)) - from,
    session: (await reserveIds(tx, 'contact_inboxes', count)) - from,
    conversation: (await reserveIds(tx, 'conversations', count)) - from,
    message: (await reserveIds(tx, 'messages', count * each)) - from * each,
  };
  const range: [number, number] = [from, from + count];
  const time = sql`${sql.lit(some.now)} - (1000000 - n) * 1000`;
  await tx.run(
    insertRange('contacts', { ...contactOf(some.account_id, time), id: idFrom(portion.contact) }, range),
  );
  await tx.run(insertRange('contact_inboxes', sessionColumns(portion, time), range));
  await tx.run(insertRange('conversations', conversationColumns(tx, portion, time), range));
  await tx.run(insertRange('messages', messageColumns(portion), [from * each, (from + count) * each]));
}

const idFrom = (first: number) => sql`${sql.lit(first)} + n`;

const sessionColumns = (
  { account_id, inbox_id, contact, session }: Portion,
  time: unknown,
): Columns<ContactInboxRow> => ({
  id: idFrom(session),
  account_id,
  contact_id: idFrom(contact),
  inbox_id,
  source_id: sql`'source-' || n`,
  pubsub_token: sql`'bench-' || n`,
  hmac_verified: 0,
  claims: '{}',
  created_at: time,
  updated_at: time,
});

/** Nine of ten conversations are open, a third of all is assigned to the agent. */
function conversationColumns(tx: Tx, portion: Portion, time: unknown): Columns<Tables['conversations']> {
  const { agent_id, contact, session, conversation, message, each } = portion;
  const last = sql`${sql.lit(message)} + n * ${sql.lit(each)} + ${sql.lit(each - 1)}`;
  const digits =
    tx.dialect === 'sqlite' ? sql`substr('000000000000' || n, -12)` : sql`lpad(cast(n as text), 12, '0')`;
  return {
    ...conversationOf(portion, time),
    id: idFrom(conversation),
    display_id: sql`n + 1`,
    uuid: sql`'00000000-0000-4000-8000-' || ${digits}`,
    contact_id: idFrom(contact),
    contact_inbox_id: idFrom(session),
    status: sql`case when n % 10 = 3 then 'resolved' else 'open' end`,
    assignee_id: sql`case when n % 3 = 1 then ${sql.lit(agent_id)} end`,
    last_message_id: last,
    last_non_activity_message_id: last,
    last_public_message_id: last,
    message_count: each,
  };
}

function messageColumns(portion: Portion): Columns<MessageRow> {
  const { agent_id, contact, conversation, message, now } = portion;
  const each = sql.lit(portion.each);
  return {
    ...messageOf(portion, sql`${sql.lit(now)} - (1000000 - n / ${each}) * 1000`),
    id: idFrom(message),
    conversation_id: sql`${sql.lit(conversation)} + n / ${each}`,
    message_type: sql`n % 2`,
    sender_type: sql`case when n % 2 = 1 then 'User' else 'Contact' end`,
    sender_id: sql`case when n % 2 = 1 then ${sql.lit(agent_id)} else ${sql.lit(contact)} + n / ${each} end`,
  };
}

/** Adds messages to the newest conversation. */
async function lengthen(tx: Tx, { count, ...place }: Place & { count: number }): Promise<void> {
  const newest = await tx.get(
    tx.q.selectFrom('conversations').select(['id', 'contact_id']).orderBy('id', 'desc').limit(1),
  );
  if (!newest || !count) return;
  const first = await reserveIds(tx, 'messages', count);
  const messages: Columns<MessageRow> = {
    ...messageOf(place, place.now),
    id: sql`${sql.lit(first)} + n`,
    conversation_id: newest.id,
    message_type: sql`n % 2`,
    sender_type: sql`case when n % 2 = 1 then 'User' else 'Contact' end`,
    sender_id: sql`case when n % 2 = 1 then ${sql.lit(place.agent_id)} else ${sql.lit(newest.contact_id)} end`,
  };
  await tx.run(insertRange('messages', messages, [0, count]));
  const last = first + count - 1;
  const remembered = {
    last_message_id: last,
    last_non_activity_message_id: last,
    last_public_message_id: last,
  };
  await tx.run(
    tx.q
      .updateTable('conversations')
      .set(({ eb }) => ({
        ...remembered,
        last_activity_at: place.now,
        message_count: eb('message_count', '+', count),
      }))
      .where('id', '=', newest.id),
  );
}

const contactOf = (
  account_id: number,
  time: unknown,
): Columns<Omit<ContactRow & FoldedContactColumns, 'id'>> => ({
  account_id,
  name: sql`'Customer ' || n`,
  middle_name: '',
  last_name: '',
  email: sql`'customer-' || n || '@example.test'`,
  phone_number: null,
  identifier: sql`'id-' || n`,
  contact_type: 'lead',
  location: null,
  country_code: null,
  blocked: 0,
  additional_attributes: '{}',
  custom_attributes: '{"plan":"gold"}',
  avatar_url: null,
  last_activity_at: time,
  created_at: time,
  updated_at: time,
  search_text: sql`'customer ' || n || ' customer-' || n || '@example.test id-' || n`,
  name_key: sql`'customer ' || n`,
  company_key: null,
  city_key: null,
  country_key: null,
  folded_texts: '{}',
});

type Own = 'id' | 'display_id' | 'uuid' | 'contact_id' | 'contact_inbox_id';
type Newest = 'message_count' | 'last_message_id' | 'last_non_activity_message_id' | 'last_public_message_id';

const conversationOf = (
  { account_id, inbox_id }: Place,
  time: unknown,
): Columns<Omit<Tables['conversations'], Own | Newest | 'status' | 'assignee_id'>> => ({
  account_id,
  inbox_id,
  priority: null,
  assignee_agent_bot_id: null,
  team_id: null,
  labels: '["vip"]',
  snoozed_until: null,
  waiting_since: time,
  first_reply_created_at: time,
  last_activity_at: time,
  contact_last_seen_at: time,
  agent_last_seen_at: time,
  assignee_last_seen_at: null,
  additional_attributes: '{}',
  custom_attributes: '{}',
  folded_texts: '{}',
  unread_count: 1,
  has_outgoing: 1,
  has_template: 0,
  has_csat: 0,
  last_template_at: null,
  last_agent_message_at: time,
  last_incoming_at: time,
  created_at: time,
  updated_at: time,
});

const messageOf = (
  { account_id, inbox_id }: Place,
  time: unknown,
): Columns<Omit<MessageRow, 'id' | 'conversation_id' | 'message_type' | 'sender_type' | 'sender_id'>> => ({
  account_id,
  inbox_id,
  content: sql`'Hello, where is my order number ' || n || '?'`,
  content_type: 'text',
  content_attributes: '{}',
  additional_attributes: '{}',
  private: 0,
  status: 'sent',
  source_id: null,
  echo_id: null,
  echo_key: null,
  request_hash: null,
  created_at: time,
  updated_at: time,
});
