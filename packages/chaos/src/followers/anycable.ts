/** `@anycable/core`, unmodified, on the extended protocol: it resumes by positions, or is told that they are too old. */
import { createCable } from '@anycable/core';
import { WebSocket } from 'ws';
import type { Position } from '../history.ts';
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
  const { history } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  const positions = openPositions();
  let isOver = false;
  const begin = () => {
    const isNew = positions.begin();
    return openCable(surroundings, identity, {
      receive: ({ event, data }, position) => {
        if (isNew(position)) recordEvent(history, name, { event, data, position });
      },
      reset: () => {
        history.add({ kind: 'reset', follower: name });
        void refetch.fetch();
      },
      gaveUp: (reason) => {
        if (isOver) return;
        history.add({ kind: 'close', follower: name, reason });
        setTimeout(beginAnew, 200);
      },
    });
  };
  /** What an application must do whose client has given up: a new connection, and fetch anew. */
  const beginAnew = () => {
    if (isOver) return;
    opened = begin();
    history.add({ kind: 'connect', follower: name });
    opened.ready.then(refetch.fetch, () => {});
  };
  let opened = begin();
  const close = () => {
    isOver = true;
    opened.close();
  };
  return { name, kind: 'anycable', identity, ready: opened.ready, close };
}

/** The positions that all connections of a follower have brought. */
function openPositions(): { begin(): (position: Position | undefined) => boolean } {
  /** The last offset by stream. */
  const last = new Map<string, number>();
  return {
    begin: () => {
      // The new connection may repeat events of the last minute (cable.md D.3), which the one before has brought.
      const known = new Map(last);
      return (position) => {
        if (position && position.offset <= (known.get(position.stream) ?? 0)) return false;
        if (position) last.set(position.stream, position.offset);
        return true;
      };
    },
  };
}

interface CableListener {
  receive(message: Record<string, unknown>, position: Position | undefined): void;
  /** The server does not have the events after the positions any more. */
  reset(): void;
  /** The library tries no longer; called once. */
  gaveUp(reason: string): void;
}

function openCable({ base }: Surroundings, identity: Identity, listener: CableListener) {
  const cable = createCable(`${base.replace('http', 'ws')}/cable`, {
    protocol: 'actioncable-v1-ext-json',
    websocketImplementation: WebSocket,
    // It logs each connection that breaks.
    logLevel: 'error',
    // The pause between two attempts is seconds by itself.
    reconnectStrategy: () => 50,
  });
  const channel = cable.subscribeTo('RoomChannel', identity.params);
  channel.on('message', (message, meta) => {
    const { stream, epoch, offset } = objectOf(meta);
    listener.receive(objectOf(message), toPosition(stream, epoch, offset));
  });
  channel.on('info', ({ type }) => {
    if (type === 'history_not_found') listener.reset();
  });
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    cable.disconnect();
  };
  const giveUp = (reason: unknown) => {
    if (isClosed) return;
    close();
    listener.gaveUp(String(reason));
  };
  // A channel closes for good when its subscription is not confirmed within 10 s (real-clients.md 7.2).
  channel.on('close', giveUp);
  cable.on('close', giveUp);
  return { ready: channel.ensureSubscribed(), close };
}
