/**
 * The live state of the desk, for components. Outbox and drafts belong to a user and stay open while the account changes;
 * store and socket belong to one account. Components read with the hooks below and never open anything themselves.
 */
import { type AgentMessage, Cable, HooryError, roomOf } from '@hoory/client';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { api, queries, withSessionCheck } from '../api/api.ts';
import {
  agent,
  agentOf,
  base,
  currentSession,
  type Session,
  signedOutError,
  useSession,
} from '../session/session.ts';
import type { Draft } from './draft.ts';
import { type Drafts, openDrafts } from './drafts.ts';
import { type ApiCall, fetchConversation, fetchList, fetchThread } from './fetch.ts';
import { type Filter, type List, listKey } from './lists.ts';
import { type Live, openLive, type Viewer } from './live.ts';
import { type DeskOutbox, type OutboxParts, openOutbox, type PendingMessage } from './outbox.ts';
import type { State } from './state.ts';
import { createStore, type Store } from './store.ts';
import type { LoadedThread } from './thread.ts';

export interface Desk {
  store: Store;
  /** The API of the account, passed to functions that tests call with their own. */
  callApi: ApiCall;
  outbox: DeskOutbox;
  drafts: Drafts;
  live: Live;
  /** Closes socket and store. Outbox and drafts outlive the desk. */
  close(): void;
}

const DeskContext = createContext<Desk | undefined>(undefined);

/** Opens the desk of the signed-in user and account, and closes it when either changes. Renders nothing before it is open. */
export function DeskProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const userStores = useUserStores(session.user.id);
  const [desk, setDesk] = useState<Desk>();
  // A changed profile is a new `session`, but needs no new socket: the subscription fetches new tokens by itself.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another user or account needs another desk
  useEffect(() => {
    if (!userStores) return;
    const opened = openDesk(session, userStores);
    setDesk(opened);
    return () => opened.close();
  }, [userStores, session.account_id]);
  return desk && <DeskContext value={desk}>{children}</DeskContext>;
}

/** The desk around the component. Throws outside of `DeskProvider`, which surrounds every screen behind the sign-in. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('There is no desk around this component');
  return desk;
}

/** Parts of the desk that belong to a user and not to an account: a message that is queued must survive a change of account. */
type UserStores = Pick<Desk, 'outbox' | 'drafts'>;

/** Opens outbox and drafts of a user; undefined until they are open. */
function useUserStores(user_id: number): UserStores | undefined {
  const [stores, setStores] = useState<UserStores>();
  useEffect(() => {
    const drafts = openDrafts(user_id);
    const outbox = openOutbox({ user_id, post: postAsUser(user_id, drafts) });
    setStores({ outbox, drafts });
    return () => {
      outbox.close();
      drafts.close();
      setStores(undefined);
    };
  }, [user_id]);
  return stores;
}

/**
 * Posts queued messages, each in the account where it was written and only while its author is signed in. The draft of a
 * reply is removed from the server first: otherwise another device would offer the sent text as a draft.
 */
function postAsUser(user_id: number, drafts: Drafts): OutboxParts['post'] {
  const client = agentOf(user_id);
  return async ({ place: _, in_reply_to, ...message }, call) => {
    const input = { ...message, ...(in_reply_to && { content_attributes: { in_reply_to } }) };
    try {
      if (!message.private) await removeDraft(drafts.of(message.account_id, message.conversation_id));
      return await withSessionCheck(() =>
        client.call(
          'POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages',
          input,
          call,
        ),
      );
    } catch (error) {
      // When the session ended during the call, the message must stay queued: `closed` is no refusal, a 401 would be one.
      throw currentSession()?.user.id === user_id ? error : signedOutError();
    }
  };
}

/** Throws only when the server was not reached, so that the outbox retries. A refused removal must not hold back the reply. */
async function removeDraft(draft: Draft): Promise<void> {
  try {
    await draft.removeSent();
  } catch (error) {
    if (error instanceof HooryError && error.status === 0) throw error;
  }
}

/** Connects store, socket and outbox of one account. */
function openDesk({ user, account_id }: Session, { outbox, drafts }: UserStores): Desk {
  const store = createStore(user.id);
  const cable = new Cable({ base });
  const live = openLive({
    store,
    callApi: api,
    cable,
    room: roomOf(agent, account_id, user),
    refetchAll: () => void queries.invalidateQueries(),
  });
  const stops = [
    live.onEvent(({ event }) => invalidateChangedQueries(event)),
    live.onEvent(({ event, data }) => {
      if (event === 'message.created') outbox.acknowledge(data);
    }),
    live.onStatus(() => {
      if (live.status === 'live') outbox.wake();
    }),
    outbox.onSent((message, sentIn) => {
      if (sentIn === account_id) showSent(store, message);
    }),
  ];
  return {
    store,
    callApi: api,
    outbox,
    drafts,
    live,
    close() {
      for (const stop of stops) stop();
      live.close();
      cable.close();
    },
  };
}

/** Reads again what the query cache holds and the event has changed. The store takes its own part of the event by itself. */
function invalidateChangedQueries(event: string): void {
  if (event === 'account.cache_invalidated')
    for (const name of ['GET /labels', 'GET /inboxes', 'GET /teams'])
      void queries.invalidateQueries({ queryKey: [name] });
  else if (event.startsWith('notification.'))
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[0]).startsWith('GET /notifications'),
    });
  // An open thread then reads a conversation that is gone, and shows that instead of its skeleton.
  else if (event === 'conversation.deleted')
    void queries.invalidateQueries({
      predicate: ({ queryKey: [room, , kind] }) => room === 'live' && kind === 'thread',
    });
  else if (event === 'conversation.mentioned')
    void queries.invalidateQueries({ queryKey: ['GET /conversations/meta'] });
  // The server adds an assignee to the participants of the conversation.
  else if (event === 'assignee.changed')
    void queries.invalidateQueries({ queryKey: ['GET /conversations/{conversation_id}/participants'] });
  else if (event.startsWith('contact.'))
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[0]).startsWith('GET /contacts'),
    });
}

/** Shows the server's answer to a send. It often arrives before the event, and the row must not disappear in between. */
function showSent(store: Store, { echo_id: _, ...message }: AgentMessage): void {
  const loaded = store.state.threads.get(message.conversation_id);
  if (!loaded) return;
  store.threadOf(message.conversation_id).confirm(message);
  store.showThread(message.conversation_id, loaded.hasOlder);
}

/** Selects a part of the state. `select` must return the same object for the same state, otherwise React renders forever. */
export function useDeskState<Part>(select: (state: State) => Part): Part {
  const { store } = useDesk();
  return useSyncExternalStore(store.subscribe, () => select(store.state));
}

export interface Load {
  /** Undefined while something is loaded: an old list is better than an error in its place. */
  error: unknown;
  retry: () => void;
}

/** Loads a list; from then on events keep it up to date, and returning to it shows it at once. */
export function useList(filter: Filter): Load & { list: List | undefined } {
  const { store } = useDesk();
  const { account_id } = useSession();
  const key = listKey(filter);
  const { error, isFetching, refetch } = useQuery({
    queryKey: ['live', account_id, 'list', key],
    queryFn: () => fetchList(store, api, filter).then(() => true),
  });
  const list = useDeskState(({ lists }) => lists.get(key));
  // A list that only the server can decide is fetched again after an event that may have changed it, one fetch at a time.
  const mustRefetch = list?.stale === true && !isFetching;
  useEffect(() => {
    if (mustRefetch) void refetch({ cancelRefetch: false });
  }, [mustRefetch, refetch]);
  return { list, error: list ? undefined : error, retry: () => void refetch() };
}

/** Shared by display and prefetch. The answer goes to the store; the query cache only knows that it has been loaded. */
const threadQuery = (store: Store, account_id: number, id: number) => ({
  queryKey: ['live', account_id, 'thread', id],
  queryFn: () =>
    Promise.all([fetchThread(store, api, id), fetchConversation(store, api, id)]).then(() => true),
});

/** Loads a conversation with its newest messages; from then on events keep both up to date. */
export function useThread(id: number): Load & { thread: LoadedThread | undefined } {
  const { store } = useDesk();
  const { account_id } = useSession();
  const { error, refetch } = useQuery(threadQuery(store, account_id, id));
  const thread = useDeskState(({ threads }) => threads.get(id));
  return { thread, error: thread ? undefined : error, retry: () => void refetch() };
}

/** Loads a thread before it is opened: on hover, and for the next row while an agent moves with j and k. */
export function usePrefetchThread(): (id: number) => void {
  const { store } = useDesk();
  const { account_id } = useSession();
  return (id) => void queries.prefetchQuery(threadQuery(store, account_id, id));
}

/** The agent's queued messages of a conversation, failed ones included. */
export function usePending(conversation_id: number): readonly PendingMessage[] {
  const { outbox } = useDesk();
  const { account_id } = useSession();
  return useSyncExternalStore(outbox.subscribe, () => outbox.pending({ account_id, conversation_id }));
}

/** Announces that this agent views a conversation, until the component unmounts. @returns the other agents who view it */
export function useViewers(conversation_id: number): readonly Viewer[] {
  const { live } = useDesk();
  const [viewers, setViewers] = useState<readonly Viewer[]>([]);
  useEffect(() => {
    const stop = live.onViewers(setViewers);
    live.setViewedConversation(conversation_id);
    return () => {
      stop();
      live.setViewedConversation(undefined);
    };
  }, [live, conversation_id]);
  return viewers.filter((viewer) => viewer.conversation_id === conversation_id);
}

/** How events arrive now: by socket, by polling, or not at all. */
export function useLiveStatus(): Live['status'] {
  const { live } = useDesk();
  return useSyncExternalStore(live.onStatus, () => live.status);
}
