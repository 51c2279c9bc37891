/** The live state of the desk for components: opened with the sign-in, one per person and account. */
import { type AgentEvents, type AgentMessage, Cable, HooryError, roomOf } from '@hoory/client';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { api, queries, signedIn } from '../api/api.ts';
import {
  agent,
  agentOf,
  base,
  currentSession,
  type Session,
  signedOut,
  useSession,
} from '../session/session.ts';
import type { Draft } from './draft.ts';
import { type Drafts, openDrafts } from './drafts.ts';
import { type Ask, fetchConversation, fetchList, fetchThread } from './fetch.ts';
import { type Filter, type List, listKey } from './lists.ts';
import { type Live, type Looker, openLive } from './live.ts';
import { type DeskOutbox, type OutboxParts, openOutbox, type PendingMessage } from './outbox.ts';
import type { State } from './state.ts';
import { createStore, type Store } from './store.ts';
import type { LoadedThread } from './thread.ts';

export interface Desk {
  store: Store;
  ask: Ask;
  outbox: DeskOutbox;
  drafts: Drafts;
  live: Live;
  close(): void;
}

const ask = api as Ask;
const DeskContext = createContext<Desk | undefined>(undefined);

/** Outbox and drafts live as long as the user is signed in, store and socket as long as the account is shown. */
export function DeskProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const own = useOwn(session.user.id);
  const [desk, setDesk] = useState<Desk>();
  // The subscription asks for new tokens by itself: only another person or account needs another desk.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said
  useEffect(() => {
    if (!own) return;
    const opened = openDesk(session, own);
    setDesk(opened);
    return () => opened.close();
  }, [own, session.account_id]);
  return desk && <DeskContext value={desk}>{children}</DeskContext>;
}

/** Throws outside of `DeskProvider`: every screen behind the sign-in is inside. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('There is no desk around this component');
  return desk;
}

/** Belongs to one person, in whatever account they are. */
type Own = Pick<Desk, 'outbox' | 'drafts'>;

/** Outbox and drafts of one person; undefined until they are open. */
function useOwn(user_id: number): Own | undefined {
  const [own, setOwn] = useState<Own>();
  useEffect(() => {
    const drafts = openDrafts(user_id);
    const outbox = openOutbox({ user_id, post: postAs(user_id, drafts) });
    setOwn({ outbox, drafts });
    return () => {
      outbox.close();
      drafts.close();
      setOwn(undefined);
    };
  }, [user_id]);
  return own;
}

/** Posts a queued message in its own account, and as nobody but the user who wrote it. */
function postAs(user_id: number, drafts: Drafts): OutboxParts['post'] {
  const own = agentOf(user_id);
  return async ({ place: _, in_reply_to, ...message }, call) => {
    const input = { ...message, ...(in_reply_to && { content_attributes: { in_reply_to } }) };
    try {
      if (!message.private) await removeDraft(drafts.of(message.account_id, message.conversation_id));
      return await signedIn(() =>
        own.call('POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages', input, call),
      );
    } catch (error) {
      // A session that ended on the way refuses no message: it waits for the same user.
      throw currentSession()?.user.id === user_id ? error : signedOut();
    }
  };
}

/** Another device must not find a reply as a draft that was sent. A server that refuses drafts still gets the reply. */
async function removeDraft(draft: Draft): Promise<void> {
  try {
    await draft.removeSent();
  } catch (error) {
    if (error instanceof HooryError && error.status === 0) throw error;
  }
}

function openDesk({ user, account_id }: Session, { outbox, drafts }: Own): Desk {
  const store = createStore(user.id);
  const cable = new Cable({ base });
  const live = openLive({
    store,
    ask,
    cable,
    room: roomOf(agent, account_id, user),
    refresh: () => void queries.invalidateQueries(),
  });
  const stops = [
    live.onEvent(follow),
    live.onEvent((name, data) => {
      if (name === 'message.created') outbox.hear(data as AgentEvents['message.created']);
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
    ask,
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

/** What is read by queries and changed by events is read again. */
function follow(event: string): void {
  if (event === 'account.cache_invalidated')
    for (const name of ['GET /labels', 'GET /inboxes', 'GET /teams'])
      void queries.invalidateQueries({ queryKey: [name] });
  else if (event.startsWith('notification.'))
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[0]).startsWith('GET /notifications'),
    });
  else if (event === 'conversation.mentioned')
    void queries.invalidateQueries({ queryKey: ['GET /conversations/meta'] });
  // Who is given a conversation follows it.
  else if (event === 'assignee.changed')
    void queries.invalidateQueries({ queryKey: ['GET /conversations/{conversation_id}/participants'] });
  else if (event.startsWith('contact.'))
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[0]).startsWith('GET /contacts'),
    });
}

/** Shows the server's answer to a send, which may come before the event. */
function showSent(store: Store, { echo_id: _, ...message }: AgentMessage): void {
  const loaded = store.state.threads.get(message.conversation_id);
  if (!loaded) return;
  store.threadOf(message.conversation_id).confirm(message);
  store.showThread(message.conversation_id, loaded.hasOlder);
}

/** A part of the state. `select` must answer the same object for the same state. */
export function useDeskState<Part>(select: (state: State) => Part): Part {
  const { store } = useDesk();
  return useSyncExternalStore(store.subscribe, () => select(store.state));
}

export interface Load {
  error: unknown;
  retry: () => void;
}

/** A list, kept true from the first look on. */
export function useList(filter: Filter): Load & { list: List | undefined } {
  const { store } = useDesk();
  const { account_id } = useSession();
  const key = listKey(filter);
  const { error, isFetching, refetch } = useQuery({
    queryKey: ['live', account_id, 'list', key],
    queryFn: () => fetchList(store, ask, filter).then(() => true),
  });
  const list = useDeskState(({ lists }) => lists.get(key));
  // One that only the server decides is asked for again once some event may have changed it, one reading at a time.
  const isAsked = list?.stale === true && !isFetching;
  useEffect(() => {
    if (isAsked) void refetch({ cancelRefetch: false });
  }, [isAsked, refetch]);
  return { list, error: list ? undefined : error, retry: () => void refetch() };
}

const threadQuery = (store: Store, account_id: number, id: number) => ({
  queryKey: ['live', account_id, 'thread', id],
  queryFn: () =>
    Promise.all([fetchThread(store, ask, id), fetchConversation(store, ask, id)]).then(() => true),
});

/** A conversation with its messages, kept true from the first look on. */
export function useThread(id: number): Load & { thread: LoadedThread | undefined } {
  const { store } = useDesk();
  const { account_id } = useSession();
  const { error, refetch } = useQuery(threadQuery(store, account_id, id));
  const thread = useDeskState(({ threads }) => threads.get(id));
  return { thread, error: thread ? undefined : error, retry: () => void refetch() };
}

/** Loads a thread before it is looked at. */
export function usePrefetchThread(): (id: number) => void {
  const { store } = useDesk();
  const { account_id } = useSession();
  return (id) => void queries.prefetchQuery(threadQuery(store, account_id, id));
}

/** The own messages of a conversation that the server does not have yet. */
export function usePending(conversation_id: number): readonly PendingMessage[] {
  const { outbox } = useDesk();
  const { account_id } = useSession();
  return useSyncExternalStore(outbox.subscribe, () => outbox.pending({ account_id, conversation_id }));
}

/** Tells the others what this agent looks at, and who else looks at it. */
export function useLookers(conversation_id: number): readonly Looker[] {
  const { live } = useDesk();
  const [lookers, setLookers] = useState<readonly Looker[]>([]);
  useEffect(() => {
    const stop = live.onLookers(setLookers);
    live.lookAt(conversation_id);
    return () => {
      stop();
      live.lookAt(undefined);
    };
  }, [live, conversation_id]);
  return lookers.filter((looker) => looker.conversation_id === conversation_id);
}

/** How events arrive now. */
export function useLiveStatus(): Live['status'] {
  const { live } = useDesk();
  return useSyncExternalStore(live.onStatus, () => live.status);
}
