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

/** Events come in bursts: missing conversations are fetched after this pause, and counts after a longer one. */
const MISSING_DELAY_MS = 150;
const COUNTS_DELAY_MS = 1_500;

/** Subscribes the account. The SDK reconnects and replays; `refresh` is called when events may be lost all the same. */
export function openLive({ store, ask, cable, room, refresh }: LiveOptions): Live {
  const subscription = cable.subscribe(room);
  const typing = trackTyping(store);
  const gaps = openGaps(store, ask);

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
    gaps.check();
  });
  on('conversation.typing_on', typing.on);
  on('conversation.typing_off', typing.off);
  on('message.created', typing.sent);
  subscription.on('reset', refresh);

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
      gaps.close();
      typing.close();
      subscription.close();
    },
  };
}

/** Fetches what events name and do not carry: conversations that are not loaded, and counts. */
function openGaps(store: Store, ask: Ask): { check(): void; close(): void } {
  let missingTimer: ReturnType<typeof setTimeout> | undefined;
  let countsTimer: ReturnType<typeof setTimeout> | undefined;
  /** A conversation that cannot be fetched now comes with its next event. */
  const fetchMissing = () => {
    const missing = [...store.state.missing];
    store.update((state) => ({ ...state, missing: new Set() }));
    for (const id of missing) void fetchConversation(store, ask, id).catch(() => undefined);
  };
  const fetchUnsureCounts = () => {
    store.update((state) => ({ ...state, countsAreUnsure: false }));
    for (const { scope } of store.state.counts.values())
      void fetchCounts(store, ask, scope).catch(() => undefined);
  };
  const close = () => {
    clearTimeout(missingTimer);
    clearTimeout(countsTimer);
  };
  return {
    check() {
      if (store.state.missing.size) {
        clearTimeout(missingTimer);
        missingTimer = setTimeout(fetchMissing, MISSING_DELAY_MS);
      }
      if (store.state.countsAreUnsure) {
        clearTimeout(countsTimer);
        countsTimer = setTimeout(fetchUnsureCounts, COUNTS_DELAY_MS);
      }
    },
    close,
  };
}

/** Others may join the set under names of their own: those are nobody's desk. */
function toLooker({ id }: PresenceMember): Looker[] {
  const [, user_id, conversation_id] = /^(\d{1,15})\/(\d{1,15})$/.exec(id) ?? [];
  return user_id && conversation_id
    ? [{ user_id: Number(user_id), conversation_id: Number(conversation_id) }]
    : [];
}
