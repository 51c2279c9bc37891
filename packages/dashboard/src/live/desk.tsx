/** The live state of the desk for components: opened with the sign-in, one per person and account. */
import { type AgentEvents, Cable, roomOf, uploader } from '@hoory/client';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { api, queries } from '../api/api.ts';
import { agent, base, currentSession, type Session, useSession } from '../session/session.ts';
import { remember, remembered } from '../session/storage.ts';
import { type Ask, fetchConversation, fetchList, fetchThread } from './fetch.ts';
import { type Filter, type List, listKey } from './lists.ts';
import { type Live, type Looker, openLive } from './live.ts';
import { createOutbox, type Outbox, type Pending } from './outbox.ts';
import type { State } from './state.ts';
import { createStore, type Store } from './store.ts';
import type { Thread } from './thread.ts';

export interface Desk {
  store: Store;
  ask: Ask;
  outbox: Outbox;
  live: Live;
  close(): void;
}

const ask = api as Ask;
const DeskContext = createContext<Desk | undefined>(undefined);

export function DeskProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const [desk, setDesk] = useState<Desk>();
  // The subscription asks for new tokens by itself: only another person or account needs another desk.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said
  useEffect(() => {
    const opened = openDesk(session);
    setDesk(opened);
    return () => opened.close();
  }, [session.user.id, session.account_id]);
  return desk && <DeskContext value={desk}>{children}</DeskContext>;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('There is no desk around this component');
  return desk;
}

function openDesk({ user, account_id }: Session): Desk {
  const store = createStore(user.id);
  const cable = new Cable({ base });
  const live = openLive({
    store,
    ask,
    cable,
    room: roomOf(agent, account_id, user),
    refresh: () => void queries.invalidateQueries(),
  });
  const stops = [live.onEvent(follow)];
  const outbox = createOutbox({
    post: ({ conversation_id, content, private: isPrivate, files, in_reply_to, echo_id }, progress) =>
      api(
        'POST /conversations/{conversation_id}/messages',
        {
          conversation_id,
          content,
          private: isPrivate,
          echo_id,
          ...(in_reply_to && { content_attributes: { in_reply_to } }),
        },
        files.length ? { files: { attachments: files }, send: uploader(progress), timeout: 600_000 } : {},
      ),
    sent: (message) => store.update((state) => withSent(state, message)),
    keep: (text) => currentSession() && remember(`draft:outbox:${account_id}`, text),
    kept: remembered(`draft:outbox:${account_id}`),
  });
  stops.push(
    wakeOutbox(outbox, live),
    live.onEvent((name, data) => {
      if (name !== 'message.created') return;
      const message = data as AgentEvents['message.created'];
      if (message.sender?.type === 'user' && message.sender.id === user.id) outbox.heard(message);
    }),
  );
  return {
    store,
    ask,
    outbox,
    live,
    close() {
      for (const stop of stops) stop();
      live.close();
      cable.close();
    },
  };
}

/** Milliseconds until a message is sent again that failed for want of the server. */
const AGAIN = 10_000;

/** Sends again what failed for want of the server: when the network or the events are back, else after a while. */
function wakeOutbox(outbox: Outbox, live: Live): () => void {
  const onStatus = () => live.status === 'live' && outbox.wake();
  const timer = setInterval(outbox.wake, AGAIN);
  addEventListener('online', outbox.wake);
  const stop = live.onStatus(onStatus);
  return () => {
    clearInterval(timer);
    removeEventListener('online', outbox.wake);
    stop();
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

/** The answer may be there before the event. */
function withSent(state: State, message: Thread['messages'][number]): State {
  const thread = state.threads.get(message.conversation_id);
  if (!thread || thread.messages.some(({ id }) => id === message.id)) return state;
  const { echo_id: _, ...kept } = message;
  const messages = [...thread.messages, kept].sort((a, b) => a.id - b.id);
  return { ...state, threads: new Map(state.threads).set(message.conversation_id, { ...thread, messages }) };
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
export function useThread(id: number): Load & { thread: Thread | undefined } {
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

/** What is on its way in a conversation. */
export function usePending(conversation_id: number): readonly Pending[] {
  const { outbox } = useDesk();
  const all = useSyncExternalStore(outbox.subscribe, () => outbox.all);
  return all.filter((one) => one.conversation_id === conversation_id);
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
