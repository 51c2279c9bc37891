/**
 * Keeps the state equal to the server's: applies events as they arrive, has everything fetched anew when some may have been
 * missed, and fetches what events name without carrying it. The SDK reconnects after sleep, lost sockets and server restarts.
 */
import type { AgentEvents, Cable, PresenceMember, SubscribeOptions, Subscription } from '@hoory/client';
import type { DeskEvent } from './event.ts';
import { type ApiCall, fetchConversation, fetchCounts } from './fetch.ts';
import type { Store } from './store.ts';
import { trackTyping } from './typing.ts';

export interface Live {
  /** How events arrive now: `live` by socket, `polling` over HTTP. */
  readonly status: Subscription<AgentEvents>['state'];
  onStatus(changed: () => void): () => void;
  /** Calls `listener` with every event of the account, after the state has taken it. */
  onEvent(listener: (event: DeskEvent) => void): () => void;
  /** Tells the other agents which conversation this one has open; undefined for none. */
  setViewedConversation(conversation_id: number | undefined): void;
  /** Calls `changed` whenever another agent opens or leaves a conversation. */
  onViewers(changed: (viewers: readonly Viewer[]) => void): () => void;
  close(): void;
}

/** An agent who has a conversation open. */
export interface Viewer {
  user_id: number;
  conversation_id: number;
}

export interface LiveOptions {
  store: Store;
  callApi: ApiCall;
  cable: Pick<Cable, 'subscribe'>;
  /** Parameters and feed of the account's subscription. */
  room: SubscribeOptions<AgentEvents>;
  /** Fetches everything on the screen anew. Called once at the start, and whenever events may have been missed. */
  refetchAll: () => void;
}

/** Events come in bursts: missing conversations are fetched after this pause without events, counts after a longer one. */
const MISSING_DELAY_MS = 150;
const COUNTS_DELAY_MS = 1_500;

/** Subscribes to the events of the account and applies them to the store until `close()`. */
export function openLive({ store, callApi, cable, room, refetchAll }: LiveOptions): Live {
  const subscription = cable.subscribe(room);
  const typing = trackTyping(store);
  const gaps = openGapFetcher(store, callApi);

  // The stream of the user carries events of all accounts of the user, whose conversations have other ids.
  const onEvent: Live['onEvent'] = (listener) =>
    subscription.on('event', (event) => {
      if (event.data.account_id === room.params.account_id) listener(event);
    });

  onEvent((event) => {
    store.applyEvent(event);
    typing.apply(event);
    gaps.check();
  });
  subscription.on('reset', refetchAll);

  return {
    get status() {
      return subscription.state;
    },
    onStatus: (changed) => subscription.on('state', changed),
    onEvent,
    setViewedConversation(conversation_id) {
      if (conversation_id === undefined) subscription.leave();
      else subscription.join({ id: `${store.state.me}/${conversation_id}` });
    },
    onViewers: (changed) =>
      subscription.on('members', (members) =>
        changed(members.flatMap(toViewers).filter(({ user_id }) => user_id !== store.state.me)),
      ),
    close() {
      gaps.close();
      typing.close();
      subscription.close();
    },
  };
}

/** Fetches what events name but do not carry: conversations that are not loaded, and counts that they have changed. */
function openGapFetcher(store: Store, callApi: ApiCall): { check(): void; close(): void } {
  let missingTimer: ReturnType<typeof setTimeout> | undefined;
  let countsTimer: ReturnType<typeof setTimeout> | undefined;
  /** A failure is ignored: the next event of the conversation names it again. */
  const fetchMissing = () => {
    const missing = [...store.state.missing];
    store.update((state) => ({ ...state, missing: new Set() }));
    for (const id of missing) void fetchConversation(store, callApi, id).catch(() => undefined);
  };
  const fetchUnsureCounts = () => {
    store.update((state) => ({ ...state, countsAreUnsure: false }));
    for (const { scope } of store.state.counts.values())
      void fetchCounts(store, callApi, scope).catch(() => undefined);
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

/** Members of the presence set are named `<user>/<conversation>` by desks; members with other names are ignored. */
function toViewers({ id }: PresenceMember): Viewer[] {
  const [, user_id, conversation_id] = /^(\d{1,15})\/(\d{1,15})$/.exec(id) ?? [];
  return user_id && conversation_id
    ? [{ user_id: Number(user_id), conversation_id: Number(conversation_id) }]
    : [];
}
