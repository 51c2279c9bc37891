/** `@rails/actioncable`, unmodified, on the base protocol: it has no positions, so it fetches anew after each connection. */
import { adapters, createConsumer } from '@rails/actioncable';
import { WebSocket } from 'ws';
import { objectOf } from '../json.ts';
import { openRefetch } from './fetch-anew.ts';
import { type Follower, followerName, type Identity, recordEvent, type Surroundings } from './follower.ts';

export function followWithRails(surroundings: Surroundings, identity: Identity): Follower {
  giveBrowserGlobals();
  const name = followerName('rails', identity);
  const { base, history } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  const consumer = createConsumer(`${base.replace('http', 'ws')}/cable`);
  const ready = new Promise<void>((resolve, reject) => {
    consumer.subscriptions.create(
      { channel: 'RoomChannel', ...identity.params },
      {
        connected: () => {
          history.add({ kind: 'connect', follower: name });
          refetch.fetch().then(resolve, reject);
        },
        received: (message: unknown) => {
          const { event, data } = objectOf(message);
          recordEvent(history, name, { event, data });
        },
      },
    );
  });
  // Somebody looks at the page every second: the client then does not wait up to 12 s for its next attempt.
  const looks = setInterval(() => consumer.connection.monitor.visibilityDidChange(), 1_000);
  return {
    name,
    kind: 'rails',
    identity,
    ready,
    close: () => {
      clearInterval(looks);
      consumer.disconnect();
    },
  };
}

/** The globals of a page that the package uses. Nothing calls the listeners. */
function giveBrowserGlobals(): void {
  adapters.WebSocket = WebSocket;
  Object.assign(globalThis, {
    document: { visibilityState: 'visible' },
    addEventListener: () => {},
    removeEventListener: () => {},
  });
}
