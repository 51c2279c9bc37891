/** Publishes changes of contacts: to agents on the account's stream, to listeners as domain events of the same transaction. */
import type { App } from '../app.ts';
import { columnsOf } from '../db/columns.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import type { ChangedAttributes, DomainEvent } from '../events/domain-events.ts';
import { emit, streamOf } from '../events/emit.ts';
import { readFreeForm } from '../free-form.ts';
import { attributeLimitAfter, toEventContact } from './wire.ts';

export type ContactEvent = 'contact.created' | 'contact.updated' | 'contact.merged' | 'contact.deleted';

export interface ContactNews {
  event: ContactEvent;
  contact: ContactRow;
  /** The row before an update; when it does not differ from `contact`, nothing is emitted. */
  before?: ContactRow;
  /** Changes that are not columns of the row, such as labels. */
  also?: ChangedAttributes;
}

/**
 * Emits `contact.*` to every agent of the account (cable.md section C.4) and notifies listeners of `contact_created` and
 * `contact_updated`. The verbs that merge and delete notify listeners themselves. A deleted contact is named by its ids only
 * (decisions.md 8).
 */
export async function emitContact(app: App, tx: Tx, news: ContactNews): Promise<void> {
  await app.listeners.notify(tx, emitContactEvent(tx, news));
}

/** Like `emitContact`, but returns the domain events so that the caller can notify listeners of several at once. */
export function emitContactEvent(tx: Tx, { event, contact, before, also }: ContactNews): DomainEvent[] {
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
  const detail = { contact, ...(changed && { changed_attributes: changed }) };
  if (event === 'contact.created') return [{ event: 'contact_created', account_id, detail }];
  return event === 'contact.updated' ? [{ event: 'contact_updated', account_id, detail }] : [];
}

function changesBetween(before: ContactRow, after: ContactRow): ChangedAttributes {
  const columns = columnsOf.contacts.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(
    columns.map((name) => [name, [parseColumn(name, before[name]), parseColumn(name, after[name])]]),
  );
}

const parseColumn = (column: keyof ContactRow, value: unknown): unknown =>
  column === 'additional_attributes' || column === 'custom_attributes' ? readFreeForm(String(value)) : value;
