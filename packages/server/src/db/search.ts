/**
 * Full text, under one name for both databases: FTS5 tables on SQLite, indexes of `tsvector` on PostgreSQL (migration
 * 0046). Every word of a query must begin a word of the text; case does not matter, and no language is assumed.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sql, Tx } from './db.ts';
import { statement } from './statement.ts';

/** Words of a query that count; more only slow it down. */
const mostWords = 12;

/** The words in a text, as the indexes split it. */
export function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  return [...new Set(words)].slice(0, mostWords);
}

/** What PostgreSQL's indexes hold, word for word as the migration says it. */
const documents = {
  messages: {
    text: sql`content`,
    where: sql`message_type < 2 and content is not null and position('"deleted":true' in content_attributes) = 0`,
  },
  contacts: {
    text: sql`name || ' ' || coalesce(email, '') || ' ' || coalesce(phone_number, '') || ' ' || coalesce(identifier, '')`,
    where: sql`true`,
  },
};

/** Whether a row of `table`, named so in the query, says all of these words; there must be one. */
export function saysAll(
  db: Pick<Sql, 'dialect'>,
  table: keyof typeof documents,
  words: readonly string[],
): RawBuilder<boolean> {
  if (db.dialect === 'sqlite') {
    const index = sql.table(`${table}_search`);
    const query = words.map((word) => `"${word}"*`).join(' AND ');
    return sql`${sql.ref(`${table}.id`)} in (select rowid from ${index} where ${index} match ${query})`;
  }
  const query = words.map((word) => `'${word}':*`).join(' & ');
  const { text, where } = documents[table];
  return sql`(search_words(${text}) @@ to_tsquery('simple', ${query}) and ${where})`;
}

/**
 * Makes the messages with ids from `first` to `last`, all of them new, searchable. SQLite asks one statement for all of a
 * batch: a trigger would write its index to disk after every row. PostgreSQL keeps its index by itself.
 */
export async function indexMessages(tx: Tx, first: number, last: number): Promise<void> {
  if (tx.dialect === 'sqlite') await tx.run(indexRange(tx, { first, last }));
}

const indexRange = statement(
  (_q, place: { first: number; last: number }) =>
    sql`insert into messages_search (rowid, content) select id, content from messages
        where id between ${place.first} and ${place.last} and message_type < 2 and content is not null
          and instr(content_attributes, '"deleted":true') = 0`,
);
