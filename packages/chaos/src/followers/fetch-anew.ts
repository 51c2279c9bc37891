/** What a client does that was told to fetch anew: it reads the conversations that changed meanwhile, with their messages. */
import { listOf, numberOrNone, objectOf } from '../json.ts';
import { readJson } from '../load/http.ts';
import { type Identity, notesIn, type Surroundings } from './follower.ts';

export interface Refetch {
  /** Fetches what may have been missed and records it. Resolves when it has arrived; never rejects while the run goes on. */
  fetch(): Promise<void>;
}

export function openRefetch(
  surroundings: Surroundings,
  { follower, identity }: { follower: string; identity: Identity },
): Refetch {
  const { base, history, signal } = surroundings;
  let lastMs = performance.now();
  const read = (path: string) =>
    readJson(base, `${identity.path}${path}`, { headers: identity.headers, signal });
  const record = (conversation: number, messages: unknown) =>
    history.add({
      kind: 'fetch',
      follower,
      conversation,
      messages: listOf(messages).flatMap((message) => numberOrNone(objectOf(message).id) ?? []),
      ...notesIn(messages),
    });
  const asCustomer = async () => {
    for (const id of idsOf(await read('/conversations')))
      record(id, objectOf(await read(`/conversations/${id}`)).messages);
  };
  const asAgent = async (withinSeconds: number) => {
    const list = objectOf(await read(`/conversations?status=all&updated_within=${withinSeconds}`));
    for (const id of idsOf(objectOf(list.data).payload)) {
      const query = `after=0&before=${Number.MAX_SAFE_INTEGER}`;
      record(id, objectOf(await read(`/conversations/${id}/messages?${query}`)).payload);
    }
  };
  return {
    fetch: async () => {
      // A connection that broke unnoticed has missed events from before it was known to be broken.
      const withinSeconds = Math.ceil((performance.now() - lastMs) / 1000) + 60;
      lastMs = performance.now();
      try {
        if (identity.role === 'customer') await asCustomer();
        else await asAgent(withinSeconds);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

const idsOf = (list: unknown): number[] =>
  listOf(list).flatMap((one) => numberOrNone(objectOf(one).id) ?? []);
