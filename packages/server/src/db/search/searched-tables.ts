/** The tables with a search index, and the searched text of their rows. */
import { type RawBuilder, sql } from 'kysely';
import { toSearchableText } from './grams.ts';

export interface SearchedTable {
  /** The value of the column `noun` in the tables of the index. */
  code: number;
  table: RawBuilder<unknown>;
  /** Condition of the rows that are searched. */
  where: RawBuilder<boolean>;
  inbox_id: RawBuilder<unknown>;
  text: RawBuilder<unknown>;
  /** Converts the column `text` to searchable text. */
  toSearchable(text: string): string;
}

const messages: SearchedTable = {
  code: 1,
  table: sql`messages`,
  where: sql`message_type < 2 and content is not null and content_attributes not like '%"deleted":true%'`,
  inbox_id: sql`inbox_id`,
  text: sql`content`,
  toSearchable: toSearchableText,
};

const contacts: SearchedTable = {
  code: 2,
  table: sql`contacts`,
  where: sql`search_text is not null`,
  inbox_id: sql`0`,
  text: sql`search_text`,
  toSearchable: (text) => text,
};

export const searchedTables = { messages, contacts };
export const searchedTableNames = ['messages', 'contacts'] as const;
export type SearchedTableName = (typeof searchedTableNames)[number];
