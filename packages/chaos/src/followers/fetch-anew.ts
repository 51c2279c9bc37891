/** What a client does that was told to fetch anew: it reads all its conversations with their messages. */
import { listOf, numberOrNone, objectOf } from '../json.ts';
import { readJson } from '../load/http.ts';
import { type Identity, messageState, notesIn, type Surroundings } from './follower.ts';

export interface Refetch {
  /**
   * Fetches everything and records it, from the beginning when it is called again meanwhile. Resolves when all has arrived; never
   * rejects while the run goes on.
   */
  fetch(): Promise<void>;
}

export function openRefetch(
  surroundings: Surroundings,
  { follower, identity }: { follower: string; identity: Identity },
): Refetch {
  const { history, signal } = surroundings;
  const fetchConversations = openFetching(surroundings, { follower, identity });
  let isDue = false;
  let running: Promise<void> | undefined;
  const fetchAll = async () => {
    try {
      while (isDue) {
        isDue = false;
        await fetchConversations(() => isDue);
      }
      history.add({ kind: 'refresh', follower });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      running = undefined;
    }
  };
  return {
    fetch: () => {
      isDue = true;
      running ??= fetchAll();
      return running;
    },
  };
}

/** @returns a function that fetches one conversation after another, until there is no other or `isEnough` */
function openFetching(
  { base, history, signal }: Surroundings,
  { follower, identity }: { follower: string; identity: Identity },
): (isEnough: () => boolean) => Promise<void> {
  const read = (path: string) =>
    readJson(base, `${identity.path}${path}`, { headers: identity.headers, signal });
  const reader = identity.role === 'customer' ? readAsCustomer(read) : readAsAgent(read);
  return async (isEnough) => {
    for await (const conversation of reader.conversations()) {
      if (isEnough()) return;
      const askedAt = history.now();
      const messages = listOf(await reader.messages(conversation)).map(objectOf);
      const fetched = messages.flatMap((message) => {
        const id = numberOrNone(message.id);
        return id === undefined ? [] : { id, state: messageState(message) };
      });
      history.add({
        kind: 'fetch',
        follower,
        conversation,
        askedAt,
        messages: fetched,
        ...notesIn(messages),
      });
    }
  };
}

interface Reader {
  /** Ids of all conversations that the person sees. */
  conversations(): AsyncIterable<number>;
  messages(conversation: number): Promise<unknown>;
}

type Read = (path: string) => Promise<unknown>;

const readAsCustomer = (read: Read): Reader => ({
  conversations: async function* () {
    yield* idsOf(await read('/conversations'));
  },
  messages: async (id) => objectOf(await read(`/conversations/${id}`)).messages,
});

/** Page by page in the order of creation, in which no conversation moves to another page meanwhile. */
const readAsAgent = (read: Read): Reader => ({
  conversations: async function* () {
    for (let page = 1; ; page++) {
      const list = objectOf(await read(`/conversations?status=all&sort_by=created_at_asc&page=${page}`));
      const ids = idsOf(objectOf(list.data).payload);
      if (ids.length === 0) return;
      yield* ids;
    }
  },
  messages: async (id) =>
    objectOf(await read(`/conversations/${id}/messages?after=0&before=${Number.MAX_SAFE_INTEGER}`)).payload,
});

const idsOf = (list: unknown): number[] =>
  listOf(list).flatMap((one) => numberOrNone(objectOf(one).id) ?? []);
