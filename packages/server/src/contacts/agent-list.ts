/** Agents look for contacts: list, search, filter (application-api.md section 6.7). */
import type { agentContacts, Contact, Input, Output } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { PageRequest } from '../db/keyset.ts';
import { parseSearchQuery } from '../db/search/search.ts';
import type { ContactRow } from '../db/tables.ts';
import { normalizeLabels } from '../labels/label-titles.ts';
import { countContacts, isIdentified, listContactRows, listSessionsByContact } from './agent-store.ts';
import { toContactCondition } from './filter.ts';
import { contactsMatchingText } from './folded-columns.ts';
import { hasAnyLabel } from './labels.ts';
import { contactAvailability } from './presence.ts';
import { toContact } from './wire.ts';

type Endpoints = typeof agentContacts;
type ContactList = Output<Endpoints['agentListContacts']>;

interface ContactListQuery extends PageRequest {
  sort?: string;
  include_contact_inboxes?: boolean;
}

/** Identified contacts; with labels, those that carry one of them. */
export async function listContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentListContacts']>,
): Promise<ContactList> {
  const where = input.labels?.length
    ? sql<boolean>`${isIdentified} and ${hasAnyLabel(app.db, await normalizeLabels(app.db, caller.account.id, input.labels))}`
    : isIdentified;
  return listMatching(app, caller, input, { list: 'contacts', where });
}

/** @throws unprocessable 422 for an attribute, operator or value that the filter cannot have */
export async function filterContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentFilterContacts']>,
): Promise<ContactList> {
  const meets = await toContactCondition(app, caller.account, input.payload ?? []);
  const where = sql<boolean>`${isIdentified} and ${meets}`;
  return listMatching(app, caller, input, { list: 'contacts/filter', where });
}

/** Contacts who are online now, whether they said who they are or not. */
export async function listActiveContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentListActiveContacts']>,
): Promise<ContactList> {
  const online = await app.presence.online(caller.account.id, 'contact');
  return listMatching(app, caller, input, { list: 'contacts/active', where: isAnyOf(app.db, 'id', online) });
}

/** All contacts whose name, e-mail, phone number and identifier together contain every word of `q` (fold.ts). */
export async function searchContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentSearchContacts']>,
): Promise<Output<Endpoints['agentSearchContacts']>> {
  const { rows, next_cursor } = await listContactRows(app.db.longReads, caller.account.id, {
    ...input,
    list: 'contacts/search',
    where: await contactsMatchingText(app, caller.account.id, parseSearchQuery(input.q)),
    sort: input.sort,
  });
  const payload = await toContacts(app, rows, input);
  return {
    meta: {
      count: payload.length,
      current_page: currentPage(input),
      has_more: next_cursor !== null,
      next_cursor,
    },
    payload,
  };
}

async function listMatching(
  app: App,
  { account }: AgentCaller,
  paging: ContactListQuery,
  { list, where }: { list: string; where: RawBuilder<boolean> },
): Promise<ContactList> {
  const { sort } = paging;
  const { rows, next_cursor } = await listContactRows(app.db.longReads, account.id, {
    ...paging,
    list,
    where,
    sort,
  });
  return {
    meta: {
      count: await countContacts(app.db.longReads, account.id, where),
      current_page: currentPage(paging),
      next_cursor,
    },
    payload: await toContacts(app, rows, paging),
  };
}

/** Echoed as text when it was given, the number 1 when not. */
const currentPage = ({ page }: ContactListQuery): string | number =>
  page === undefined ? 1 : String(Math.max(page, 1));

async function toContacts(
  app: App,
  rows: readonly ContactRow[],
  { include_contact_inboxes }: ContactListQuery,
): Promise<Contact[]> {
  const isWanted = include_contact_inboxes !== false;
  const sessions = await listSessionsByContact(app.db, isWanted ? rows.map(({ id }) => id) : []);
  return Promise.all(
    rows.map(async (row) =>
      toContact(row, {
        availability_status: await contactAvailability(app, row),
        sessions: isWanted ? (sessions.get(row.id) ?? []) : undefined,
      }),
    ),
  );
}
