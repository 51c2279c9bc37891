/** Reads of the server that fill the state. What events told meanwhile is newer than an answer and stays. */
import type { AgentConversation } from '@hoory/client';
import type { AccountEndpoint, ApiInput, ApiOutput } from '../api/api.ts';
import { fromApi } from './conversation.ts';
import {
  type Counts,
  type Filter,
  isInList,
  isServed,
  type List,
  listKey,
  type Scope,
  scopeKey,
} from './lists.ts';
import { mapValues, putConversation, removeConversation, type State } from './state.ts';
import type { Store } from './store.ts';
import { merge, PAGE } from './thread.ts';

/** How the server is asked: `api` of the desk, or a test's. */
export type Ask = <Name extends AccountEndpoint>(
  name: Name,
  input: ApiInput<Name>,
) => Promise<ApiOutput<Name>>;

/** Conversations of a page on the server. */
const LIST_PAGE = 25;

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
  const shown = store.state.lists.get(listKey(filter))?.ids.length ?? 0;
  const pages = Math.max(1, Math.ceil(shown / LIST_PAGE));
  const touched = store.since();
  const answers = await Promise.all(
    Array.from({ length: pages }, (_, index) => fetchPage(ask, filter, index + 1)),
  );
  const ids = [...new Set(answers.flatMap(({ rows }) => rows.map(({ id }) => id)))];
  const last = answers.at(-1)!;
  store.update((state) => {
    const list: List = { filter, ids, complete: last.rows.length < LIST_PAGE, stale: false };
    const rows = answers.flatMap((answer) => answer.rows);
    const next = putFetched(
      { ...state, lists: new Map(state.lists).set(listKey(filter), list) },
      rows,
      touched,
    );
    const counts = new Map(next.counts);
    if (last.counts) counts.set(scopeKey(filter), { scope: scopeOf(filter), counts: last.counts });
    return replace({ ...next, counts }, filter, touched.conversations);
  });
  if (!last.counts) await fetchCounts(store, ask, scopeOf(filter));
}

/** The next page. The list may have shrunk since: the page that holds the end of what is shown is asked. */
export async function fetchMore(store: Store, ask: Ask, filter: Filter): Promise<void> {
  const list = store.state.lists.get(listKey(filter));
  if (!list || list.complete) return;
  const touched = store.since();
  const { rows } = await fetchPage(ask, filter, Math.floor(list.ids.length / LIST_PAGE) + 1);
  store.update((state) => {
    const known = state.lists.get(listKey(filter));
    if (!known) return state;
    const ids = [...new Set([...known.ids, ...rows.map(({ id }) => id)])];
    const lists = new Map(state.lists).set(listKey(filter), {
      ...known,
      ids,
      complete: rows.length < LIST_PAGE,
    });
    return replace(putFetched({ ...state, lists }, rows, touched), filter, touched.conversations);
  });
}

interface Page {
  rows: readonly AgentConversation[];
  counts?: Counts;
}

async function fetchPage(ask: Ask, filter: Filter, page: number): Promise<Page> {
  if (filter.saved !== undefined) {
    const { query } = await ask('GET /custom_filters/{id}', { id: filter.saved });
    const payload = (query as Pick<ApiInput<'POST /conversations/filter'>, 'payload'>).payload ?? [];
    const answer = await ask('POST /conversations/filter', { payload, page });
    return { rows: answer.payload, counts: toCounts({ assigned_count: 0, ...answer.meta }) };
  }
  const { data } = await ask('GET /conversations', { ...queryOf(filter), page });
  return { rows: data.payload, counts: filter.tab === 'mention' ? undefined : toCounts(data.meta) };
}

/** The counts alone: the answer says more beside them. */
const toCounts = ({ mine_count, assigned_count, unassigned_count, all_count }: Counts): Counts => ({
  mine_count,
  assigned_count,
  unassigned_count,
  all_count,
});

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

/** The newest messages of a conversation, in place of what was loaded. */
export async function fetchThread(store: Store, ask: Ask, id: number): Promise<void> {
  const touched = store.since();
  const { payload } = await ask('GET /conversations/{conversation_id}/messages', { conversation_id: id });
  store.update((state) => {
    const known = state.threads.get(id);
    const oldest = payload[0]?.id ?? 0;
    // Messages that events brought meanwhile stay, and those before this page that join it without a gap.
    const joins = known?.messages.some((message) => message.id === oldest);
    const kept = (known?.messages ?? []).filter(({ id: one }) =>
      one < oldest ? joins : touched.messages.has(one),
    );
    const thread = { messages: kept, hasOlder: joins ? (known?.hasOlder ?? false) : payload.length === PAGE };
    return {
      ...state,
      threads: new Map(state.threads).set(id, {
        ...thread,
        messages: merge(thread, payload, touched.messages),
      }),
    };
  });
}

export async function fetchOlder(store: Store, ask: Ask, id: number): Promise<void> {
  const thread = store.state.threads.get(id);
  const before = thread?.messages[0]?.id;
  if (!thread?.hasOlder || before === undefined) return;
  const touched = store.since();
  const { payload } = await ask('GET /conversations/{conversation_id}/messages', {
    conversation_id: id,
    before,
  });
  store.update((state) => {
    const known = state.threads.get(id);
    if (!known) return state;
    const messages = merge(known, payload, touched.messages);
    return {
      ...state,
      threads: new Map(state.threads).set(id, { messages, hasOlder: payload.length === PAGE }),
    };
  });
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
    missing.delete(record.id);
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
function replace(state: State, filter: Filter, ids: ReadonlySet<number>): State {
  if (isServed(filter)) return state;
  return [...ids].reduce((left, id) => {
    const one = left.conversations.get(id);
    const list = left.lists.get(listKey(filter));
    if (!one || !list || isInList(one, filter, left.me) === list.ids.includes(id)) return left;
    return putConversation(left, one, 'fetched');
  }, state);
}

const scopeOf = ({ status, inbox_id, team_id, label, saved }: Filter): Scope => ({
  status,
  inbox_id,
  team_id,
  label,
  saved,
});
