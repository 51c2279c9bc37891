/** `@anycable/core`, unmodified, on the extended protocol: it resumes by positions, or is told that they are too old. */
import { createCable } from '@anycable/core';
import { WebSocket } from 'ws';
import { objectOf } from '../json.ts';
import { openRefetch } from './fetch-anew.ts';
import {
  type Follower,
  followerName,
  type Identity,
  recordEvent,
  type Surroundings,
  toPosition,
} from './follower.ts';

export function followWithAnycable(surroundings: Surroundings, identity: Identity): Follower {
  const name = followerName('anycable', identity);
  const { base, history } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  const cable = createCable(`${base.replace('http', 'ws')}/cable`, {
    protocol: 'actioncable-v1-ext-json',
    websocketImplementation: WebSocket,
    // It logs each connection that breaks.
    logLevel: 'error',
    // The pause between two attempts is seconds by itself.
    reconnectStrategy: () => 50,
  });
  let isOver = false;
  const giveUp = (reason: unknown, again: () => void) => {
    if (isOver) return;
    history.add({ kind: 'close', follower: name, reason: String(reason) });
    setTimeout(() => isOver || again(), 200);
  };
  const subscribe = () => {
    const channel = cable.subscribeTo('RoomChannel', identity.params);
    channel.on('message', (message, meta) => {
      const { event, data } = objectOf(message);
      const { stream, epoch, offset } = objectOf(meta);
      recordEvent(history, name, { event, data, position: toPosition(stream, epoch, offset) });
    });
    channel.on('info', ({ type }) => {
      if (type !== 'history_not_found') return;
      history.add({ kind: 'reset', follower: name });
      void refetch.fetch();
    });
    // A channel closes when its subscription is not confirmed within 10 s (real-clients.md 7.2).
    channel.on('close', (reason) => giveUp(reason, subscribe));
    return channel;
  };
  const connect = () => void cable.connect().catch((error: unknown) => giveUp(error, connect));
  cable.on('close', (reason) => giveUp(reason, connect));
  const channel = subscribe();
  return {
    name,
    kind: 'anycable',
    identity,
    ready: channel.ensureSubscribed(),
    close: () => {
      isOver = true;
      cable.disconnect();
    },
  };
}
