/**
 * Reads of the server that fill the state. An answer shows how things were when the server read them, so whatever an event
 * has changed since the request began is newer and stays. `Store.trackChanges` names those conversations.
 */
import { type AgentConversation, HooryError } from '@hoory/client';
import type { AccountEndpoint, ApiInput, ApiOutput } from '../api/api.ts';
import { conditionsOf } from '../api/conditions.ts';
import { fromApi } from './conversation.ts';
import {
  type Counts,
  type Filter,
  insert,
  isDecidedByServer,
  isInList,
  type List,
  listKey,
  type NextPage,
  type Scope,
  scopeKey,
} from './lists.ts';
import { mapValues, putConversation, removeConversation, type State } from './state.ts';
import type { Store } from './store.ts';
import { PAGE_SIZE } from './thread.ts';

/** Calls an endpoint of the account: `api` of the desk, or a test's own. */
export type ApiCall = <Name extends AccountEndpoint>(
  name: Name,
  input: ApiInput<Name>,
) => Promise<ApiOutput<Name>>;

/** The query of a list. Mentions are no `assignee_type` for the server, and it knows them in any status only. */
function queryOf({ tab, sort, status, inbox_id, team_id, label }: Filter): ApiInput<'GET /conversations'> {
  return {
    ...(tab === 'mention' ? { conversation_type: 'mention', status: 'all' } : { assignee_type: tab, status }),
    sort_by: sort,
    inbox_id,
    team_id,
    labels: label ? [label] : undefined,
  };
}

/** Reads a list from its start, as many pages as are loaded already, with the counts of its tabs. @throws HooryError */
export async function fetchList(store: Store, callApi: ApiCall, filter: Filter): Promise<void> {
  const key = listKey(filter);
  store.update((state) => withList(state, filter, (list) => ({ ...list, stale: false })));
  const changes = store.trackChanges();
  const read = await openPages(callApi, filter);
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
      // A conversation that changed between two pages may be in both or in neither.
      stale: isDecidedByServer(filter) && changes.conversations.size > 0,
    };
    const lists = new Map(state.lists).set(key, list);
    const nextCounts = counts
      ? new Map(state.counts).set(scopeKey(filter), { scope: scopeOf(filter), counts })
      : state.counts;
    const fetched = putFetched({ ...state, lists, counts: nextCounts }, rows, changes);
    return moveChanged(fetched, filter, changes.conversations);
  });
  if (!counts) await fetchCounts(store, callApi, scopeOf(filter));
}

/** Reads the next page. It is dropped when the list was fetched anew during the request: it no longer follows its end. @throws HooryError */
export async function fetchMore(store: Store, callApi: ApiCall, filter: Filter): Promise<void> {
  const key = listKey(filter);
  const cursor = store.state.lists.get(key)?.next?.cursor;
  if (!cursor) return;
  const changes = store.trackChanges();
  const read = await openPages(callApi, filter);
  const { rows, next } = await read(cursor);
  store.update((state) => {
    const known = state.lists.get(key);
    if (known?.next?.cursor !== cursor) return state;
    const answered = rows.map(({ id }) => id);
    // The answer decides where a row stands, unless an event has changed that conversation since.
    const settled = new Set(answered.filter((id) => !changes.conversations.has(id)));
    const ids = [...new Set([...known.ids.filter((id) => !settled.has(id)), ...answered])];
    const lists = new Map(state.lists).set(key, { ...known, ids, next });
    return moveChanged(putFetched({ ...state, lists }, rows, changes), filter, changes.conversations);
  });
}

/** One page of a list. `counts` is absent for mentions, whose answer counts something else. */
interface Page {
  rows: readonly AgentConversation[];
  next: NextPage | undefined;
  counts?: Counts;
}

/** Returns a function that reads one page: the first, or the one at a cursor. A saved filter is read once, before its pages. */
async function openPages(callApi: ApiCall, filter: Filter): Promise<(cursor?: string) => Promise<Page>> {
  if (filter.saved === undefined)
    return async (cursor) => {
      const { data } = await callApi('GET /conversations', { ...queryOf(filter), cursor });
      const counts = filter.tab === 'mention' ? undefined : toCounts(data.meta);
      return { ...toPage(data), counts };
    };
  const payload = conditionsOf(await callApi('GET /custom_filters/{id}', { id: filter.saved }));
  return async (cursor) => {
    const answer = await callApi('POST /conversations/filter', { payload, cursor });
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

/** Only the counts: `meta` has other fields too, and the state must not hold them. */
const toCounts = ({ mine_count, assigned_count, unassigned_count, all_count }: Counts): Counts => ({
  mine_count,
  assigned_count,
  unassigned_count,
  all_count,
});

/** Reads the counts of the tabs. A saved filter has none here: its counts come with its list. @throws HooryError */
export async function fetchCounts(store: Store, callApi: ApiCall, scope: Scope): Promise<void> {
  if (scope.saved !== undefined) return;
  const { status, inbox_id, team_id, label } = scope;
  const labels = label ? [label] : undefined;
  const { meta } = await callApi('GET /conversations/meta', { status, inbox_id, team_id, labels });
  store.update((state) => ({
    ...state,
    counts: new Map(state.counts).set(scopeKey(scope), { scope, counts: toCounts(meta) }),
  }));
}

/** Reads one conversation. One that is gone, or that this agent may no longer see, is removed from the state. @throws HooryError */
export async function fetchConversation(store: Store, callApi: ApiCall, id: number): Promise<void> {
  const changes = store.trackChanges();
  try {
    const record = await callApi('GET /conversations/{conversation_id}', { conversation_id: id });
    store.update((state) => putFetched(state, [record], changes));
  } catch (error) {
    const status = error instanceof HooryError ? error.status : undefined;
    if (status === 404 || status === 401) store.update((state) => removeConversation(state, id));
    throw error;
  }
}

/**
 * Loads the newest messages of a conversation. Older messages that are loaded stay when the answer reaches them; otherwise
 * they are dropped, because the messages between would be missing. @throws HooryError
 */
export async function fetchThread(store: Store, callApi: ApiCall, id: number): Promise<void> {
  const thread = store.threadOf(id);
  const tick = thread.beginFetch();
  const { payload } = await callApi('GET /conversations/{conversation_id}/messages', { conversation_id: id });
  const loaded = store.state.threads.get(id);
  const oldest = payload[0]?.id ?? 0;
  const joins = loaded?.messages.some((message) => message.id === oldest);
  const older = joins ? thread.messages.filter((message) => message.id < oldest) : [];
  const hasOlder = joins ? (loaded?.hasOlder ?? false) : payload.length === PAGE_SIZE;
  if (thread.replace([...older, ...payload], tick)) store.showThread(id, hasOlder);
}

/** Loads the page of messages before those that are loaded. The answer is dropped when `fetchThread` has replaced them meanwhile. @throws HooryError */
export async function fetchOlder(store: Store, callApi: ApiCall, id: number): Promise<void> {
  const loaded = store.state.threads.get(id);
  const before = loaded?.messages[0]?.id;
  if (!loaded?.hasOlder || before === undefined) return;
  const thread = store.threadOf(id);
  const tick = thread.beginFetch();
  const { payload } = await callApi('GET /conversations/{conversation_id}/messages', {
    conversation_id: id,
    before,
  });
  const joins = thread.messages[0]?.id === before;
  if (joins && thread.prepend(payload, tick)) store.showThread(id, payload.length === PAGE_SIZE);
}

/** Puts answers into the state, except conversations that an event has changed since the request began. */
export function putFetched(
  state: State,
  records: readonly AgentConversation[],
  changes: { conversations: ReadonlySet<number> },
): State {
  const missing = new Set(state.missing);
  let next: State = { ...state, missing };
  for (const record of records) {
    // An answer that an event has overtaken is old: the conversation stays in `missing` and is fetched again.
    if (!changes.conversations.has(record.id)) missing.delete(record.id);
    if (state.conversations.has(record.id) && changes.conversations.has(record.id)) continue;
    next = keepStaleFlags(next, putConversation(next, fromApi(record), 'fetched'));
  }
  return next;
}

/** Keeps the flags of `before`: `putConversation` marks lists as stale for an event, and an answer is not one. */
const keepStaleFlags = (before: State, after: State): State => ({
  ...after,
  lists: mapValues(after.lists, (list) => {
    const stale = before.lists.get(listKey(list.filter))?.stale ?? list.stale;
    return stale === list.stale ? list : { ...list, stale };
  }),
});

/** Moves what events have changed during the request: within the list, out of it, or into it. */
function moveChanged(state: State, filter: Filter, changedIds: ReadonlySet<number>): State {
  if (isDecidedByServer(filter)) return state;
  const find = (id: number) => state.conversations.get(id);
  const moved = [...changedIds].flatMap((id) => find(id) ?? []);
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

/** The state with a changed list; the same state when the list is not loaded. */
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
