/** Reads of the server that fill the state. What events told meanwhile is newer than an answer and stays. */
import type { AgentConversation } from '@hoory/client';
import type { AccountEndpoint, ApiInput, ApiOutput } from '../api/api.ts';
import { fromApi } from './conversation.ts';
import {
  type Counts,
  type Filter,
  insert,
  isInList,
  isServed,
  type List,
  listKey,
  type Next,
  type Scope,
  scopeKey,
} from './lists.ts';
import { mapValues, putConversation, removeConversation, type State } from './state.ts';
import type { Store } from './store.ts';
import { PAGE } from './thread.ts';

/** How the server is asked: `api` of the desk, or a test's. */
export type Ask = <Name extends AccountEndpoint>(
  name: Name,
  input: ApiInput<Name>,
) => Promise<ApiOutput<Name>>;

/** What the server calls the tabs. */
function queryOf({ tab, sort, status, inbox_id, team_id, label }: Filter): ApiInput<'GET /conversations'> {
  return {
    ...(tab === 'mention' ? { conversation_type: 'mention', status: 'all' } : { assignee_type: tab, status }),
    sort_by: sort,
    inbox_id,
    team_id,
    labels: label ? [label] : undefined,
  };
}

/** The first pages of a list, as many as are shown already; its counts come along. */
export async function fetchList(store: Store, ask: Ask, filter: Filter): Promise<void> {
  const key = listKey(filter);
  store.update((state) => withList(state, filter, (list) => ({ ...list, stale: false })));
  const touched = store.since();
  const read = await openPages(ask, filter);
  let { rows, next, counts } = await read();
  while (next && rows.length < (store.state.lists.get(key)?.ids.length ?? 0)) {
    const page = await read(next.cursor);
    rows = [...rows, ...page.rows];
    ({ next, counts } = page);
  }
  store.update((state) => {
    const list: List = {
      filter,
      ids: [...new Set(rows.map(({ id }) => id))],
      next,
      // What came while the pages were read may have moved between them.
      stale: isServed(filter) && touched.conversations.size > 0,
    };
    const lists = new Map(state.lists).set(key, list);
    const told = counts
      ? new Map(state.counts).set(scopeKey(filter), { scope: scopeOf(filter), counts })
      : state.counts;
    const fetched = putFetched({ ...state, lists, counts: told }, rows, touched);
    return replace(fetched, filter, touched.conversations);
  });
  if (!counts) await fetchCounts(store, ask, scopeOf(filter));
}

/** The next page. One that does not join the list any more, which was fetched anew meanwhile, is dropped. */
export async function fetchMore(store: Store, ask: Ask, filter: Filter): Promise<void> {
  const key = listKey(filter);
  const cursor = store.state.lists.get(key)?.next?.cursor;
  if (!cursor) return;
  const touched = store.since();
  const read = await openPages(ask, filter);
  const { rows, next } = await read(cursor);
  store.update((state) => {
    const known = state.lists.get(key);
    if (known?.next?.cursor !== cursor) return state;
    const answered = rows.map(({ id }) => id);
    // The server knows best where a row stands, unless it was heard of since.
    const settled = new Set(answered.filter((id) => !touched.conversations.has(id)));
    const ids = [...new Set([...known.ids.filter((id) => !settled.has(id)), ...answered])];
    const lists = new Map(state.lists).set(key, { ...known, ids, next });
    return replace(putFetched({ ...state, lists }, rows, touched), filter, touched.conversations);
  });
}

interface Page {
  rows: readonly AgentConversation[];
  next: Next | undefined;
  counts?: Counts;
}

/** Reads one page after another: the first, or the one at a cursor. */
async function openPages(ask: Ask, filter: Filter): Promise<(cursor?: string) => Promise<Page>> {
  if (filter.saved === undefined)
    return async (cursor) => {
      const { data } = await ask('GET /conversations', { ...queryOf(filter), cursor });
      const counts = filter.tab === 'mention' ? undefined : toCounts(data.meta);
      return { ...toPage(data), counts };
    };
  const { query } = await ask('GET /custom_filters/{id}', { id: filter.saved });
  const payload = (query as Pick<ApiInput<'POST /conversations/filter'>, 'payload'>).payload ?? [];
  return async (cursor) => {
    const answer = await ask('POST /conversations/filter', { payload, cursor });
    return { ...toPage(answer), counts: toCounts({ assigned_count: 0, ...answer.meta }) };
  };
}

interface Answer {
  meta: { next_cursor?: string | null };
  payload: readonly AgentConversation[];
}

function toPage({ meta: { next_cursor: cursor }, payload: rows }: Answer): Page {
  const last = rows.at(-1);
  return { rows, next: cursor && last ? { cursor, after: fromApi(last) } : undefined };
}

/** The counts alone: the answer says more beside them. */
const toCounts = ({ mine_count, assigned_count, unassigned_count, all_count }: Counts): Counts => ({
  mine_count,
  assigned_count,
  unassigned_count,
  all_count,
});

/** The counts of the tabs alone. A saved filter has them in the answer to its list. */
export async function fetchCounts(store: Store, ask: Ask, scope: Scope): Promise<void> {
  if (scope.saved !== undefined) return;
  const { status, inbox_id, team_id, label } = scope;
  const labels = label ? [label] : undefined;
  const { meta } = await ask('GET /conversations/meta', { status, inbox_id, team_id, labels });
  store.update((state) => ({
    ...state,
    counts: new Map(state.counts).set(scopeKey(scope), { scope, counts: toCounts(meta) }),
  }));
}

/** One conversation; one that is not to be seen is removed. @throws HooryError */
export async function fetchConversation(store: Store, ask: Ask, id: number): Promise<void> {
  const touched = store.since();
  try {
    const record = await ask('GET /conversations/{conversation_id}', { conversation_id: id });
    store.update((state) => putFetched(state, [record], touched));
  } catch (error) {
    const gone = (error as { status?: number }).status;
    if (gone === 404 || gone === 401) store.update((state) => removeConversation(state, id));
    throw error;
  }
}

/** Loads the newest messages of a conversation. Older ones that are loaded stay when the answer joins them. */
export async function fetchThread(store: Store, ask: Ask, id: number): Promise<void> {
  const thread = store.threadOf(id);
  const tick = thread.beginFetch();
  const { payload } = await ask('GET /conversations/{conversation_id}/messages', { conversation_id: id });
  const loaded = store.state.threads.get(id);
  const oldest = payload[0]?.id ?? 0;
  const joins = loaded?.messages.some((message) => message.id === oldest);
  const older = joins ? thread.messages.filter((message) => message.id < oldest) : [];
  const hasOlder = joins ? (loaded?.hasOlder ?? false) : payload.length === PAGE;
  if (thread.replace([...older, ...payload], tick)) store.showThread(id, hasOlder);
}

/** Loads the page of messages before those that are loaded. An answer that no longer joins them is dropped. */
export async function fetchOlder(store: Store, ask: Ask, id: number): Promise<void> {
  const loaded = store.state.threads.get(id);
  const before = loaded?.messages[0]?.id;
  if (!loaded?.hasOlder || before === undefined) return;
  const thread = store.threadOf(id);
  const tick = thread.beginFetch();
  const { payload } = await ask('GET /conversations/{conversation_id}/messages', {
    conversation_id: id,
    before,
  });
  const joins = thread.messages[0]?.id === before;
  if (joins && thread.prepend(payload, tick)) store.showThread(id, payload.length === PAGE);
}

/** Puts answers into the state, except what events have told since. */
export function putFetched(
  state: State,
  records: readonly AgentConversation[],
  touched: { conversations: ReadonlySet<number> },
): State {
  const missing = new Set(state.missing);
  let next: State = { ...state, missing };
  for (const record of records) {
    // An answer that an event has overtaken is not all there is to know.
    if (!touched.conversations.has(record.id)) missing.delete(record.id);
    if (state.conversations.has(record.id) && touched.conversations.has(record.id)) continue;
    next = keepStale(next, putConversation(next, fromApi(record), 'fetched'));
  }
  return next;
}

/** An answer is no news for the lists that only the server decides. */
const keepStale = (before: State, after: State): State => ({
  ...after,
  lists: mapValues(after.lists, (list) => {
    const stale = before.lists.get(listKey(list.filter))?.stale ?? list.stale;
    return stale === list.stale ? list : { ...list, stale };
  }),
});

/** What events told while the list was asked for may have moved in it, out of it, or into it. */
function replace(state: State, filter: Filter, touched: ReadonlySet<number>): State {
  if (isServed(filter)) return state;
  const find = (id: number) => state.conversations.get(id);
  const moved = [...touched].flatMap((id) => find(id) ?? []);
  const away = new Set(moved.map(({ id }) => id));
  return withList(state, filter, (list) =>
    moved
      .filter((one) => isInList(one, filter, state.me))
      .reduce<List>((left, one) => insert(left, one, find), {
        ...list,
        ids: list.ids.filter((id) => !away.has(id)),
      }),
  );
}

function withList(state: State, filter: Filter, change: (list: List) => List): State {
  const list = state.lists.get(listKey(filter));
  return list ? { ...state, lists: new Map(state.lists).set(listKey(filter), change(list)) } : state;
}

const scopeOf = ({ status, inbox_id, team_id, label, saved }: Filter): Scope => ({
  status,
  inbox_id,
  team_id,
  label,
  saved,
});
