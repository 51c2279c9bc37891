/** A client without a WebSocket: it reads the event log over HTTP, page by page after its cursor (client-api.md 5.15). */
import { listOf, objectOf, textOf } from '../json.ts';
import { request } from '../load/http.ts';
import { sleep } from '../wait.ts';
import { openRefetch } from './fetch-anew.ts';
import {
  type Follower,
  followerName,
  type Identity,
  recordEvent,
  type Surroundings,
  toHeads,
  toPosition,
} from './follower.ts';

/** Shorter than the time limit of a request. */
const waitSeconds = 3;

export function followFeed(surroundings: Surroundings, identity: Identity): Follower {
  const name = followerName('feed', identity);
  const { history, signal } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  let isClosed = false;
  const read = async (after: string): Promise<string> => {
    const page = await readPage(surroundings, {
      identity,
      query: `after=${encodeURIComponent(after)}&wait=${waitSeconds}`,
    });
    if (page.reset === true) {
      history.add({ kind: 'reset', follower: name });
      void refetch.fetch();
    }
    for (const entry of listOf(page.events)) {
      const { event, data, stream_id, epoch, offset } = objectOf(entry);
      recordEvent(history, name, { event, data, position: toPosition(stream_id, epoch, offset) });
    }
    return textOf(page.cursor, 'the cursor of a page');
  };
  const follow = async (from: string) => {
    for (let cursor = from; !isClosed && !signal.aborted; )
      cursor = await read(cursor).catch(() => sleep(200).then(() => cursor));
  };
  const ready = insistOnPage(surroundings, identity).then((page) => {
    void follow(textOf(page.cursor, 'the cursor of a page'));
  });
  return {
    name,
    kind: 'feed',
    identity,
    ready,
    close: () => {
      isClosed = true;
    },
  };
}

/** The newest offset of each stream that the person may read. */
export const readHeads = async (
  surroundings: Surroundings,
  identity: Identity,
): Promise<Map<string, number>> => toHeads(await insistOnPage(surroundings, identity));

async function insistOnPage(surroundings: Surroundings, identity: Identity) {
  for (;;) {
    surroundings.signal.throwIfAborted();
    const page = await readPage(surroundings, { identity, query: 'wait=0' }).catch(() => undefined);
    if (page) return page;
    await sleep(200);
  }
}

async function readPage(
  { base }: Surroundings,
  { identity, query }: { identity: Identity; query: string },
): Promise<Record<string, unknown>> {
  const { headers } = identity;
  const answer = await request(base, { method: 'GET', path: `${identity.path}/events?${query}`, headers });
  if (answer.status !== 200) throw new Error(`The feed answered ${answer.status}: ${answer.text}`);
  return objectOf(JSON.parse(answer.text));
}
