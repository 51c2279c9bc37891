/** Reads the database with statements of its own, beside the server. */
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { objectOf } from '../json.ts';
import type { System } from '../system/system.ts';
import type { Database } from './stored.ts';

type Row = Record<string, unknown>;

interface Reader {
  read(statement: string): Promise<Row[]>;
  close(): Promise<void>;
}

async function openReader(database: System['database']): Promise<Reader> {
  if ('sqlite' in database) {
    const db = new Sqlite(database.sqlite, { readonly: true, timeout: 20_000 });
    return {
      read: async (statement) => db.prepare(statement).all().map(objectOf),
      close: async () => void db.close(),
    };
  }
  const client = new pg.Client({ connectionString: database.postgres });
  await client.connect();
  return {
    read: async (statement) => (await client.query(statement)).rows.map(objectOf),
    close: () => client.end(),
  };
}

const messages = `
  select m.id, c.display_id, m.content, m.echo_id, m.message_type, m.private, m.status, m.content_attributes, m.created_at
  from messages m join conversations c on c.id = m.conversation_id order by m.id`;

const conversations = `
  select c.display_id, c.status, c.assignee_id, c.custom_attributes, c.agent_last_seen_at, s.source_id
  from conversations c join contact_inboxes s on s.id = c.contact_inbox_id order by c.display_id`;

const unread = `
  select user_id, count(*) as unread from notifications
  where read_at is null and snoozed_until is null group by user_id`;

/** Offsets are without gaps from the first entry that is kept to the last one that was handed out. */
const gaps = `
  select s.name, s.last_offset - s.pruned_offset - count(e.id) as missing
  from streams s left join stream_entries e on e.stream_id = s.id
  group by s.id, s.name, s.last_offset, s.pruned_offset`;

export async function readDatabase(database: System['database']): Promise<Database> {
  const reader = await openReader(database);
  try {
    return {
      messages: (await reader.read(messages)).map((row) => ({
        id: Number(row.id),
        conversation: Number(row.display_id),
        content: textOrNull(row.content),
        echo: textOrNull(row.echo_id),
        type: Number(row.message_type),
        isPrivate: Number(row.private) === 1,
        status: String(row.status),
        attributes: String(row.content_attributes),
        createdAtMs: Number(row.created_at),
      })),
      conversations: (await reader.read(conversations)).map((row) => ({
        id: Number(row.display_id),
        status: String(row.status),
        assignee_id: numberOrNull(row.assignee_id),
        custom_attributes: String(row.custom_attributes),
        agentLastSeenAtMs: numberOrNull(row.agent_last_seen_at),
        source_id: String(row.source_id),
      })),
      sessions: (await reader.read('select source_id from contact_inboxes')).map((row) =>
        String(row.source_id),
      ),
      unreadNotifications: new Map(
        (await reader.read(unread)).map((row): [number, number] => [Number(row.user_id), Number(row.unread)]),
      ),
      logGaps: (await reader.read(gaps))
        .map((row) => ({ stream: String(row.name), missing: Number(row.missing) }))
        .filter(({ missing }) => missing !== 0),
    };
  } finally {
    await reader.close();
  }
}

/** How many deliveries still wait to be sent. */
export async function countUnsent(database: System['database']): Promise<number> {
  const reader = await openReader(database);
  try {
    const statement = `select count(*) as unsent from webhook_deliveries where status in ('waiting', 'pending')`;
    return Number((await reader.read(statement))[0]?.unsent);
  } finally {
    await reader.close();
  }
}

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));
const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));
