/** Fills every table that grows with use, straight by SQL: what a company has after years. */
import { sql } from 'kysely';
import type { App } from '../src/app.ts';
import type { TableName, Tx } from '../src/db/db.ts';

/** Rows in each table. */
export const filledRows = 100_000;
/** The first id of a filled row; smaller ones are free for what a test makes before. */
const firstId = 100_000;

/** What the rows belong to: everything at once, as with a company that has one inbox. */
export interface FilledPlace {
  account_id: number;
  inbox_id: number;
  user_id: number;
  /** Holds all sign-ins and links. */
  other_user_id: number;
  contact_id: number;
  /** Half of all messages and files are in this conversation. */
  conversation_id: number;
  /** Who receives all deliveries, and answers none. */
  endpoint: string;
  now: number;
}

/** SQL expressions over `n`, which counts from 1, by column. */
type Columns = Record<string, string>;

const id = `(${firstId} + n)`;

function fillings(place: FilledPlace): Record<string, Columns> {
  const { account_id, inbox_id, user_id, other_user_id, contact_id, conversation_id, endpoint, now } = place;
  const owner = { account_id: `${account_id}` };
  const time = `(${now} - 100000000 + n * 900)`;
  /** One of two goes to the row that tests work with. */
  const half = (own: number) => `case when n % 2 = 0 then ${own} else ${id} end`;
  const unsettled = 'n % 2 = 0';
  /** The first 20 000 wait in the queue of the conversation; every other is alone in its own. */
  const queue = `case when n <= 20000 then ${conversation_id} else ${id} end`;
  const isDue = `(${unsettled} and n > 20000)`;
  return {
    contacts: {
      ...owner,
      name: `'Customer ' || n`,
      email: `'c' || n || '@fill.test'`,
      identifier: `'i' || n`,
      last_activity_at: time,
      search_text: `'customer ' || n`,
      name_key: `'customer ' || n`,
      city_key: `'city ' || n % 100`,
      folded_texts: `'{}'`,
    },
    contact_inboxes: {
      ...owner,
      contact_id: id,
      inbox_id: `${inbox_id}`,
      source_id: `'s' || n`,
      pubsub_token: `'p' || n`,
    },
    conversations: {
      ...owner,
      display_id: id,
      uuid: `'u' || n`,
      inbox_id: `${inbox_id}`,
      contact_id: id,
      contact_inbox_id: id,
      status: `case n % 4 when 0 then 'resolved' when 1 then 'snoozed' else 'open' end`,
      snoozed_until: `case n % 4 when 1 then ${now} + 86400000 end`,
      assignee_id: `case when n % 2 = 0 then ${user_id} end`,
      labels: `'["vip"]'`,
      last_message_id: `case when n % 2 = 1 then ${id} end`,
      folded_texts: `'{}'`,
    },
    // For a team that nobody is in: everything waits.
    assignment_queue: {
      conversation_id: id,
      inbox_id: `${inbox_id}`,
      team_id: '7',
      created_at: time,
    },
    messages: {
      ...owner,
      inbox_id: `${inbox_id}`,
      conversation_id: half(conversation_id),
      message_type: `case when n % 4 < 2 then 0 else 1 end`,
      content: `'message ' || n`,
      content_type: `'text'`,
      status: `'read'`,
      sender_type: `'Contact'`,
      sender_id: `${contact_id}`,
    },
    attachments: {
      ...owner,
      message_id: id,
      conversation_id: half(conversation_id),
      file_type: `'file'`,
      file_key: `'00/k' || n`,
    },
    conversation_labels: { ...owner, conversation_id: id, label: `'vip'` },
    conversation_participants: { ...owner, conversation_id: id, user_id: `${user_id}` },
    conversation_drafts: { conversation_id: id, user_id: `${user_id}` },
    mentions: { ...owner, conversation_id: id, user_id: `${user_id}`, mentioned_at: time },
    contact_labels: { ...owner, contact_id: id, label: `'vip'` },
    notes: { ...owner, contact_id: id },
    notifications: {
      ...owner,
      user_id: `${user_id}`,
      notification_type: `'conversation_assignment'`,
      conversation_id: id,
      inbox_id: `${inbox_id}`,
      read_at: `case when n % 2 = 0 then ${time} end`,
    },
    report_events: {
      ...owner,
      name: `'first_response'`,
      conversation_id: id,
      inbox_id: `${inbox_id}`,
      user_id: `${user_id}`,
    },
    csat_survey_responses: { ...owner, conversation_id: id, message_id: id, contact_id: id, rating: '5' },
    streams: { name: `'session:' || ${id}`, last_entry_id: '0' },
    events: { event: `'message.created'`, entries: '1', payload: `'{"event":"message.created","data":{}}'` },
    stream_entries: {
      stream_id: `(select min(id) from streams where name = 'account:${account_id}')`,
      stream_offset: `(select min(last_offset) from streams where name = 'account:${account_id}') + n`,
      previous_id: `case when n = 1 then (select min(last_entry_id) from streams where name = 'account:${account_id}') else ${id} - 1 end`,
      event_id: id,
    },
    webhook_deliveries: {
      ...owner,
      delivery_id: `'d' || n`,
      endpoint: `'${endpoint}'`,
      event: `'message_created'`,
      conversation_id: queue,
      display_id: id,
      message_id: id,
      contact_id: id,
      payload: `'{"event":"message_created"}'`,
      status: `case when not ${unsettled} then 'delivered' when ${isDue} then 'pending' else 'waiting' end`,
      next_attempt_at: `case when ${isDue} then ${now} - 1 end`,
      settled_at: `case when not (${unsettled}) then ${time} end`,
    },
    receipts: { caller: `'session:' || n`, route: `'POST /'`, key_hash: `'k' || n` },
    sign_ins: { user_id: `${other_user_id}`, client: `'client' || n`, expires_at: `${now} + 86400000` },
    user_tokens: { user_id: `${other_user_id}`, token_hash: `'t' || n`, expires_at: `${now} + 86400000` },
    blobs: { ...owner, file_key: `'00/b' || n`, file_size: '1', created_at: `${now} - 1000` },
    letters: { id: `'l' || n`, next_attempt_at: `${now} + 86400000` },
  };
}

/** Tables that grow with every conversation. */
export const growingTables = Object.keys(
  fillings({
    account_id: 0,
    inbox_id: 0,
    user_id: 0,
    other_user_id: 0,
    contact_id: 0,
    conversation_id: 0,
    endpoint: '',
    now: 0,
  }),
);

interface Column {
  name: string;
  /** 1: the database gives it a value. */
  given: number;
  required: number;
  text: number;
}

/** Adds `filledRows` to each of them. What a row needs and nobody names gets a plain value. */
export async function fill(app: App, place: FilledPlace): Promise<void> {
  const time = `(${place.now} - 100000000 + n * 900)`;
  for (const [table, named] of Object.entries(fillings(place))) {
    await app.db.write(async (tx) => {
      // The rows are whole: neither references nor counters are worked out one by one.
      if (tx.dialect === 'postgres') await tx.run(sql`set local session_replication_role = replica`);
      const columns = (await columnsOf(tx, table)).filter(({ name, given }) => !given || named[name]);
      const valueFor = ({ name, required, text }: Column) => {
        if (named[name] !== undefined) return named[name];
        if (name === 'id') return id;
        if (/_at$/.test(name) && required) return time;
        if (/attributes$|^claims$|^meta$/.test(name)) return `'{}'`;
        return required ? (text ? `'x'` : '0') : 'null';
      };
      await tx.run(sql`insert into ${sql.table(table)} (${sql.raw(columns.map(({ name }) => name).join())})
        select ${sql.raw(columns.map(valueFor).join())} from ${series(tx)}`);
    });
  }
  await app.db.write((tx) => joinUp(tx, place));
}

const columnsOf = (tx: Tx, table: string): Promise<Column[]> =>
  tx.all(
    tx.dialect === 'sqlite'
      ? sql<Column>`select name, hidden > 0 or dflt_value is not null as given, ("notnull" or pk > 0) as required, upper(type) = 'TEXT' as text
          from pragma_table_xinfo(${table})`
      : sql<Column>`select column_name as name, (is_generated = 'ALWAYS' or column_default is not null)::int as given,
          (is_nullable = 'NO')::int as required, (data_type = 'text')::int as text
          from information_schema.columns where table_schema = current_schema() and table_name = ${table}`,
  );

const series = (tx: Tx) =>
  tx.dialect === 'sqlite'
    ? sql.raw(
        `(with recursive counted (n) as (select 1 union all select n + 1 from counted where n < ${filledRows}) select n from counted)`,
      )
    : sql.raw(`generate_series(1, ${filledRows}) as counted (n)`);

/** The counters, the log's head and the next ids, as if the rows had come one by one. */
async function joinUp(tx: Tx, { account_id }: FilledPlace): Promise<void> {
  await tx.run(sql`update streams set last_offset = last_offset + ${filledRows}, last_entry_id = ${firstId + filledRows}
    where name = ${`account:${account_id}`}`);
  if (tx.dialect === 'postgres')
    for (const counted of [
      sql`insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
        select account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0), count(*) from conversations
        where id > ${firstId} group by 1, 2, 3, 4, 5`,
      sql`insert into notification_counts (account_id, user_id, inbox_id, team_id, is_read, is_snoozed, count)
        select account_id, user_id, inbox_id, team_id, (read_at is not null)::int, (snoozed_until is not null)::int, count(*)
        from notifications where id > ${firstId} group by 1, 2, 3, 4, 5, 6`,
    ])
      await tx.run(counted);
  const next = firstId + filledRows + 1;
  for (const table of growingTables as TableName[])
    if (tx.dialect === 'sqlite')
      await tx.run(sql`update sequences set value = ${next} where name = ${table}`);
    else
      await tx.run(
        sql`select setval(oid::regclass, ${next}) from pg_class where relname = ${`${table}_id_seq`} and relkind = 'S'`,
      );
  if (tx.dialect === 'sqlite') {
    for (const table of growingTables)
      await tx.run(
        sql`insert into sequences (name, value) values (${table}, ${next}) on conflict do nothing`,
      );
  }
  await tx.run(sql`update accounts set last_display_id = ${next} where id = ${account_id}`);
}
