/**
 * Keeps the state true to the server: applies events as they come, has everything fetched anew when some may have been
 * missed, and fetches what events could not tell. Sleep, lost sockets and restarts of the server are the SDK's to survive.
 */
import type { AgentEvents, Cable, PresenceMember, SubscribeOptions, Subscription } from '@hoory/client';
import { type Ask, fetchConversation, fetchCounts } from './fetch.ts';
import type { Store } from './store.ts';
import { trackTyping } from './typing.ts';

export interface Live {
  /** How events arrive now. */
  readonly status: Subscription<AgentEvents>['state'];
  onStatus(changed: () => void): () => void;
  /** Every event of the account, after the state has it. */
  onEvent(listener: (name: string, data: unknown) => void): () => void;
  /** Tells the others that this agent looks at a conversation, or at none. */
  lookAt(conversation_id: number | undefined): void;
  /** Who looks at which conversation, this desk's own agent left out. */
  onLookers(changed: (lookers: readonly Looker[]) => void): () => void;
  close(): void;
}

export interface Looker {
  user_id: number;
  conversation_id: number;
}

export interface LiveOptions {
  store: Store;
  ask: Ask;
  cable: Pick<Cable, 'subscribe'>;
  room: SubscribeOptions<AgentEvents>;
  /** Fetches anew whatever is shown. */
  refresh: () => void;
}

/** What is missing is gathered for this long before it is asked for. */
const GATHER = 150;

export function openLive({ store, ask, cable, room, refresh }: LiveOptions): Live {
  const subscription = cable.subscribe(room);
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const later = (key: string, wait: number, work: () => void) => {
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(work, wait));
  };

  // A user's own events come from all their accounts; numbers of conversations mean nothing in another.
  const isOfAccount = ({ account_id }: { account_id?: number }) =>
    account_id === undefined || account_id === room.params.account_id;
  const onEvent: Live['onEvent'] = (listener) =>
    subscription.on('event', ({ event, data }) => {
      if (isOfAccount(data as { account_id?: number })) listener(event, data);
    });
  const on = <Name extends keyof AgentEvents>(name: Name, listener: (data: AgentEvents[Name]) => void) =>
    onEvent((event, data) => {
      if (event === name) listener(data as AgentEvents[Name]);
    });

  onEvent((event, data) => {
    store.event(event, data);
    if (store.state.missing.size) later('missing', GATHER, fetchMissing);
    if (store.state.countsAreUnsure) later('counts', GATHER * 10, fetchUnsureCounts);
  });
  const typing = trackTyping(store);
  on('conversation.typing_on', typing.on);
  on('conversation.typing_off', typing.off);
  on('message.created', typing.sent);
  subscription.on('reset', refresh);

  /** One that cannot be fetched now comes with its next event. */
  function fetchMissing(): void {
    const missing = [...store.state.missing];
    store.update((state) => ({ ...state, missing: new Set() }));
    for (const id of missing) void fetchConversation(store, ask, id).catch(() => undefined);
  }

  function fetchUnsureCounts(): void {
    store.update((state) => ({ ...state, countsAreUnsure: false }));
    for (const { scope } of store.state.counts.values())
      void fetchCounts(store, ask, scope).catch(() => undefined);
  }

  return {
    get status() {
      return subscription.state;
    },
    onStatus: (changed) => subscription.on('state', changed),
    onEvent,
    lookAt(conversation_id) {
      if (conversation_id === undefined) subscription.leave();
      else subscription.join({ id: `${store.state.me}/${conversation_id}` });
    },
    onLookers: (changed) =>
      subscription.on('members', (members) =>
        changed(members.flatMap(toLooker).filter(({ user_id }) => user_id !== store.state.me)),
      ),
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      typing.close();
      subscription.close();
    },
  };
}

/** Others may join the set under names of their own: those are nobody's desk. */
function toLooker({ id }: PresenceMember): Looker[] {
  const [, user_id, conversation_id] = /^(\d{1,15})\/(\d{1,15})$/.exec(id) ?? [];
  return user_id && conversation_id
    ? [{ user_id: Number(user_id), conversation_id: Number(conversation_id) }]
    : [];
}
