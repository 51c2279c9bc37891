/** Verbs on saved filters, which belong to one user in one account (application-api.md section 6.11). */
import { type CustomFilter, FilterType, toWord } from '@hoory/contract';
import { sql } from 'kysely';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { CustomFilterRow } from '../db/tables.ts';
import { notFound, unprocessable } from '../errors.ts';
import { readFreeForm, toFreeForm } from '../free-form.ts';
import { toIso } from '../time.ts';

interface FilterInput {
  name?: string;
  filter_type?: FilterType | number;
  query?: Record<string, unknown>;
}

/** The most filters of one user in one account; their list has no pages. */
const maxFilters = 1000;

/** The caller's filters of one type, oldest first; without `filter_type`, those of conversations. */
export async function listCustomFilters(
  app: App,
  caller: AgentCaller,
  { filter_type = 'conversation' }: { filter_type?: FilterType | number },
): Promise<CustomFilter[]> {
  const rows: CustomFilterRow[] = await app.db.all(
    ownFilters(app.db, caller).where('filter_type', '=', toWord(FilterType, filter_type)).orderBy('id'),
  );
  return rows.map(toCustomFilter);
}

/** @throws not_found, also for a filter of another user */
export async function showCustomFilter(
  app: App,
  caller: AgentCaller,
  { id }: { id: number },
): Promise<CustomFilter> {
  return toCustomFilter(await getFilter(app.db, caller, id));
}

/** @throws unprocessable 422 beyond `maxFilters`, invalid 422 for a query beyond the bounds of free-form objects */
export async function createCustomFilter(
  app: App,
  caller: AgentCaller,
  input: FilterInput & { name: string },
): Promise<CustomFilter> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, caller.account.id);
    const kept = await tx.get(ownFilters(tx, caller).clearSelect().select(sql<number>`count(*)`.as('count')));
    if ((kept?.count ?? 0) >= maxFilters) throw unprocessable(`A user may keep ${maxFilters} filters`);
    const now = app.now();
    const id = await newId(tx, 'custom_filters');
    const row: CustomFilterRow = {
      id,
      account_id: caller.account.id,
      user_id: caller.user.id,
      name: input.name.trim(),
      filter_type: toWord(FilterType, input.filter_type ?? 'conversation'),
      query: toFreeForm('query', input.query ?? {}),
      created_at: now,
      updated_at: now,
    };
    await tx.insertMany('custom_filters', [row]);
    return toCustomFilter(row);
  });
}

/** @throws not_found, invalid */
export async function updateCustomFilter(
  app: App,
  caller: AgentCaller,
  { id, name, filter_type, query }: FilterInput & { id: number },
): Promise<CustomFilter> {
  return app.db.write(async (tx) => {
    const row: CustomFilterRow = {
      ...(await getFilter(tx, caller, id)),
      ...(name !== undefined && { name: name.trim() }),
      ...(filter_type !== undefined && { filter_type: toWord(FilterType, filter_type) }),
      ...(query && { query: toFreeForm('query', query) }),
      updated_at: app.now(),
    };
    await tx.updateMany('custom_filters', [row], ['name', 'filter_type', 'query', 'updated_at']);
    return toCustomFilter(row);
  });
}

/** @throws not_found, also for a filter of another user */
export async function deleteCustomFilter(
  app: App,
  caller: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  await app.db.write(async (tx) => {
    await getFilter(tx, caller, id);
    await tx.run(tx.q.deleteFrom('custom_filters').where('id', '=', id));
  });
}

const ownFilters = (db: Sql, { account, user }: AgentCaller) =>
  db.q
    .selectFrom('custom_filters')
    .selectAll()
    .where('account_id', '=', account.id)
    .where('user_id', '=', user.id);

async function getFilter(db: Sql, caller: AgentCaller, id: number): Promise<CustomFilterRow> {
  const row: CustomFilterRow | undefined = await db.get(ownFilters(db, caller).where('id', '=', id));
  if (!row) throw notFound();
  return row;
}

const toCustomFilter = (row: CustomFilterRow): CustomFilter => ({
  id: row.id,
  name: row.name,
  filter_type: row.filter_type,
  query: readFreeForm(row.query),
  created_at: toIso(row.created_at),
  updated_at: toIso(row.updated_at),
});
