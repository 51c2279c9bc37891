/** `@hoory/client` in Node: a customer's client, and the cable of an agent. */
import { Cable, createAgentClient, createClient } from '@hoory/client';
import { WebSocket } from 'ws';
import { openRefetch } from './fetch-anew.ts';
import { type Follower, followerName, type Identity, recordEvent, type Surroundings } from './follower.ts';

const timeouts = { welcomeMs: 2_000, retry: { minMs: 50, maxMs: 1_000 }, pollSeconds: 3 };

/** Every logged event that a customer receives (cable.md C.4). */
export const customerEvents = [
  'message.created',
  'message.updated',
  'conversation.created',
  'conversation.updated',
  'conversation.status_changed',
] as const;

/** What `createClient` keeps of a session. */
export interface KeptSession {
  source_id: string;
  pubsub_token: string;
}

export function followWithSdk(
  surroundings: Surroundings,
  { identity, inbox, session }: { identity: Identity; inbox: string; session: KeptSession },
): Follower {
  const name = followerName('sdk', identity);
  const { base, history } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  const client = createClient({ base, inbox, WebSocket, timeouts, storage: storageWith(session) });
  for (const event of customerEvents) client.on(event, (data) => recordEvent(history, name, { event, data }));
  client.on('reset', () => {
    history.add({ kind: 'reset', follower: name });
    void refetch.fetch();
  });
  const live = new Promise<void>((resolve) => {
    client.subscribe(() => client.getState().connection === 'live' && resolve());
  });
  return { name, kind: 'sdk', identity, ready: client.open().then(() => live), close: () => client.close() };
}

/** A storage in which an earlier visit has left the session. */
function storageWith(session: KeptSession) {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) =>
      key.endsWith(':session') ? JSON.stringify(session) : (values.get(key) ?? null),
    setItem: (key: string, value: string) => values.set(key, value),
    removeItem: (key: string) => values.delete(key),
  };
}

export function followWithAgentSdk(
  surroundings: Surroundings,
  { identity, account_id, accessToken }: { identity: Identity; account_id: number; accessToken: string },
): Follower {
  const name = followerName('sdk', identity);
  const { base, history } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  const agent = createAgentClient({ base, accessToken });
  const cable = new Cable({ base, WebSocket, timeouts });
  const room = cable.subscribe({
    params: { channel: 'RoomChannel', ...identity.params },
    presence: 20,
    feed: (query, options) =>
      agent.call('GET /api/v1/accounts/{account_id}/events', { ...query, account_id }, options),
  });
  room.on('event', ({ event, data }: { event: string; data: unknown }) =>
    recordEvent(history, name, { event, data }),
  );
  room.on('reset', () => {
    history.add({ kind: 'reset', follower: name });
    void refetch.fetch();
  });
  const ready = new Promise<void>((resolve) => {
    room.on('state', (state) => state === 'live' && resolve());
  });
  return { name, kind: 'sdk', identity, ready, close: () => cable.close() };
}
