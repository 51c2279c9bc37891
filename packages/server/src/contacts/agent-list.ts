/** Verbs of agents that list, search and filter contacts (application-api.md section 6.7). */
import type { agentContacts, Contact, Input, Output } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { candidatesOf, countCandidates } from '../db/bounded-list.ts';
import { isAnyOf } from '../db/dialect.ts';
import { rangesOf } from '../db/filter.ts';
import type { PageRequest } from '../db/keyset.ts';
import { parseSearchQuery } from '../db/search/search.ts';
import type { ContactRow } from '../db/tables.ts';
import { normalizeLabels } from '../labels/label-titles.ts';
import {
  type ContactPageQuery,
  countContacts,
  isIdentified,
  listContactRows,
  listSessionsByContact,
  selectIdentified,
} from './agent-store.ts';
import { toContactFilter } from './filter.ts';
import { contactsMatchingText } from './folded-columns.ts';
import { hasAnyLabel, selectLabelled } from './labels.ts';
import { contactAvailability } from './presence.ts';
import { countIdentified } from './store-counts.ts';
import { toContact } from './wire.ts';

type Endpoints = typeof agentContacts;
type ContactList = Output<Endpoints['agentListContacts']>;

interface ContactListQuery extends PageRequest {
  sort?: string;
  include_contact_inboxes?: boolean;
}

/** A page of the identified contacts; with `labels`, of those that have at least one of them. */
export async function listContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentListContacts']>,
): Promise<ContactList> {
  const account_id = caller.account.id;
  const { longReads } = app.db;
  if (!input.labels?.length) {
    const count = await countIdentified(app.db, account_id);
    const candidates = { select: selectIdentified(account_id), count };
    return listMatching(app, caller, input, { list: 'contacts', test: isIdentified, candidates, count });
  }
  const labels = await normalizeLabels(app.db, account_id, input.labels);
  return listMatching(app, caller, input, {
    list: 'contacts',
    test: sql`${isIdentified} and ${hasAnyLabel(app.db, labels)}`,
    candidates: await countCandidates(longReads, selectLabelled(longReads, account_id, labels)),
  });
}

/** A page of the identified contacts that meet the filter. @throws unprocessable 422 for an invalid attribute, operator or value */
export async function filterContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentFilterContacts']>,
): Promise<ContactList> {
  const conditions = input.payload ?? [];
  const filter = await toContactFilter(app, caller.account, conditions);
  return listMatching(app, caller, input, {
    list: 'contacts/filter',
    test: sql`${isIdentified} and ${filter.where}`,
    candidates: await filter.findCandidates(),
    activity: rangesOf(conditions, filter, 'last_activity_at').map(({ where }) => where),
  });
}

/** A page of the contacts that are online, anonymous ones too. */
export async function listActiveContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentListActiveContacts']>,
): Promise<ContactList> {
  const online = await app.presence.online(caller.account.id, 'contact');
  return listMatching(app, caller, input, {
    list: 'contacts/active',
    test: isAnyOf(app.db, 'id', online),
    candidates: candidatesOf(app.db, online),
  });
}

/** A page of the contacts whose name, e-mail, phone number and identifier contain every word of `q`, compared as `fold.ts` says. */
export async function searchContacts(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentSearchContacts']>,
): Promise<Output<Endpoints['agentSearchContacts']>> {
  const { rows, next_cursor } = await listContactRows(app.db.longReads, caller.account.id, {
    ...input,
    list: 'contacts/search',
    ...(await contactsMatchingText(app, caller.account.id, parseSearchQuery(input.q))),
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

interface MatchingContacts extends Pick<ContactPageQuery, 'list' | 'test' | 'candidates' | 'activity'> {
  /** How many there are, where that is kept. */
  count?: number;
}

async function listMatching(
  app: App,
  { account }: AgentCaller,
  paging: ContactListQuery,
  { count, ...matching }: MatchingContacts,
): Promise<ContactList> {
  const { longReads } = app.db;
  const { cursor, page, sort } = paging;
  const { rows, next_cursor } = await listContactRows(longReads, account.id, {
    ...matching,
    cursor,
    page,
    sort,
  });
  return {
    meta: {
      count: count ?? (await countContacts(longReads, account.id, matching)),
      current_page: currentPage(paging),
      next_cursor,
    },
    payload: await toContacts(app, rows, paging),
  };
}

/** The requested page as text; the number 1 without a request, as Chatwoot answers. */
const currentPage = ({ page }: ContactListQuery): string | number =>
  page === undefined ? 1 : String(Math.max(page, 1));

async function toContacts(
  app: App,
  rows: readonly ContactRow[],
  { include_contact_inboxes }: ContactListQuery,
): Promise<Contact[]> {
  const hasSessions = include_contact_inboxes !== false;
  const sessions = await listSessionsByContact(app.db, hasSessions ? rows.map(({ id }) => id) : []);
  return Promise.all(
    rows.map(async (row) =>
      toContact(row, {
        availability_status: await contactAvailability(app, row),
        sessions: hasSessions ? (sessions.get(row.id) ?? []) : undefined,
      }),
    ),
  );
}
