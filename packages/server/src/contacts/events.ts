/** What others hear of contacts: agents on the account's stream, younger nouns as facts in the same transaction. */
import type { App } from '../app.ts';
import { columnsOf } from '../db/columns.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import { emit, streamOf } from '../events/emit.ts';
import type { Fact } from '../events/listeners.ts';
import { readFreeForm } from '../free-form.ts';
import { attributeLimitAfter, toEventContact } from './wire.ts';

export type ContactEvent = 'contact.created' | 'contact.updated' | 'contact.merged' | 'contact.deleted';

export interface ContactNews {
  event: ContactEvent;
  contact: ContactRow;
  /** The row before an update; where nothing differs from it, nobody is told. */
  before?: ContactRow;
  /** What changed beside the columns of the row. */
  also?: ChangedAttributes;
}

/** Columns of a change as `[before, after]`, JSON columns parsed (webhooks.md section 4.6). */
export type ChangedAttributes = Record<string, [before: unknown, after: unknown]>;

/**
 * Tells of a contact: `contact.*` to every agent of the account (cable.md section C.4), and the facts `contact_created`
 * and `contact_updated` (detail `contact`, for updates `changed_attributes`) to the listeners. Merges and deletions are
 * facts of the verbs that do them. A deleted contact is told by its ids only (decisions.md 8).
 */
export async function emitContact(app: App, tx: Tx, news: ContactNews): Promise<void> {
  await app.listeners.tell(tx, announceContact(tx, news));
}

/** As `emitContact`, for who has more to tell: the facts are the answer. */
export function announceContact(tx: Tx, { event, contact, before, also }: ContactNews): Fact[] {
  const changed = before && { ...changesBetween(before, contact), ...also };
  if (changed && !Object.keys(changed).length) return [];
  const { id, account_id } = contact;
  emit(tx, event, [
    {
      streams: [streamOf.account(account_id)],
      data:
        event === 'contact.deleted'
          ? { id, account_id }
          : { account_id, ...toEventContact(contact, attributeLimitAfter(changed)) },
    },
  ]);
  if (event !== 'contact.created' && event !== 'contact.updated') return [];
  const detail = { contact, ...(changed && { changed_attributes: changed }) };
  return [{ event: event.replace('.', '_'), account_id, detail }];
}

function changesBetween(before: ContactRow, after: ContactRow): ChangedAttributes {
  const columns = columnsOf.contacts.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(
    columns.map((name) => [name, [parseColumn(name, before[name]), parseColumn(name, after[name])]]),
  );
}

const parseColumn = (column: keyof ContactRow, value: unknown): unknown =>
  column === 'additional_attributes' || column === 'custom_attributes' ? readFreeForm(String(value)) : value;
