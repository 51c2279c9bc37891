/**
 * Full text, under one name for both databases: FTS5 tables on SQLite, indexes of `tsvector` on PostgreSQL (migration
 * 0046). Every word of a query must begin a word of the text; case does not matter, and no language is assumed.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Sql } from './db.ts';
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

/** Messages that one transaction makes searchable: a few milliseconds of the write lane. */
const portion = 500;

/**
 * Makes all messages searchable that are stored by now. On SQLite they are indexed in portions, behind the batches that
 * wrote them, which would otherwise begin and merge a piece of the index each. PostgreSQL keeps its index by itself.
 */
export async function indexMessages(db: Db): Promise<void> {
  if (db.dialect === 'postgres') return;
  const { last = 0, indexed = 0 } = (await db.get(progress(db, {}))) ?? {};
  for (let from = indexed; from < last; ) {
    const until = Math.min(last, from + portion);
    from = await db.write(async (tx) => {
      const known = (await tx.get(progress(tx, {})))?.indexed ?? until;
      if (known >= until) return known;
      await tx.run(indexRange(tx, { from: known, until }));
      await tx.run(setProgress(tx, { until }));
      return until;
    });
  }
}

// Written together with the triggers of migration 0046, which leave alone what is not indexed yet.
const progress = statement(
  () => sql<{ last: number; indexed: number }>`select last.value as last, indexed.value as indexed
    from sequences as last join sequences as indexed on indexed.name = 'messages_search' where last.name = 'messages'`,
);
const setProgress = statement((q, place: { until: number }) =>
  q.updateTable('sequences').set({ value: place.until }).where('name', '=', 'messages_search'),
);
const indexRange = statement(
  (_q, place: { from: number; until: number }) =>
    sql`insert into messages_search (rowid, content) select id, content from messages
        where id > ${place.from} and id <= ${place.until} and message_type < 2 and content is not null
          and instr(content_attributes, '"deleted":true') = 0`,
);
