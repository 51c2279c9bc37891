/** The network in front of one node: every connection of a client goes through it, and it can fail in several ways. */
import { connect, type Socket } from 'node:net';

export interface Link {
  /** Connects a client with the node. @returns false when the node does not accept connections */
  carry(near: Socket): Promise<boolean>;
  /** Breaks each connection with this likelihood. @returns how many broke */
  cut(percent: number, isHit: (percent: number) => boolean): number;
  /** Forwards nothing more on each connection with this likelihood, and closes none of them: they are half-open. */
  freeze(percent: number, isHit: (percent: number) => boolean): Frozen;
  /** Breaks connections on which a POST waits for its answer, when the answer arrives, until the returned function is called. */
  loseAnswers(isHit: () => boolean, lost: () => void): () => void;
}

export interface Frozen {
  count: number;
  /** Breaks what is still frozen. */
  end(): void;
}

interface Pair {
  near: Socket;
  far: Socket;
  isFrozen: boolean;
  /** The last request on the connection, until its answer has begun. */
  isPosting: boolean;
}

interface LinkState {
  pairs: Set<Pair>;
  /** While answers are lost. */
  losing?: { isHit: () => boolean; lost: () => void };
}

export function openLink(port: number): Link {
  const state: LinkState = { pairs: new Set() };
  const choose = (percent: number, isHit: (percent: number) => boolean) =>
    [...state.pairs].filter((pair) => !pair.isFrozen && isHit(percent));
  return {
    carry: async (near) => {
      const far = await connectTo(port);
      if (!far) return false;
      if (near.destroyed) far.destroy();
      else join(state, near, far);
      return true;
    },
    cut: (percent, isHit) => {
      const hit = choose(percent, isHit);
      hit.forEach(destroy);
      return hit.length;
    },
    freeze: (percent, isHit) => {
      const hit = choose(percent, isHit);
      for (const pair of hit) pair.isFrozen = true;
      return { count: hit.length, end: () => hit.forEach(destroy) };
    },
    loseAnswers: (isHit, lost) => {
      const own = { isHit, lost };
      state.losing = own;
      return () => {
        if (state.losing === own) state.losing = undefined;
      };
    },
  };
}

/** @returns nothing when the node does not accept connections */
async function connectTo(port: number): Promise<Socket | undefined> {
  const far = connect(port, '127.0.0.1');
  far.on('error', () => {});
  const isOpen = await new Promise<boolean>((resolve) => {
    far.once('connect', () => resolve(true)).once('close', () => resolve(false));
  });
  return isOpen ? far : undefined;
}

function join(state: LinkState, near: Socket, far: Socket): void {
  const pair: Pair = { near, far, isFrozen: false, isPosting: false };
  state.pairs.add(pair);
  near.on('data', (chunk: Buffer) => {
    if (pair.isFrozen) return;
    if (isStartOf(chunk, 'POST ')) pair.isPosting = true;
    far.write(chunk);
  });
  far.on('data', (chunk: Buffer) => forwardAnswer(state, pair, chunk));
  for (const side of [near, far])
    side.on('close', () => {
      // One side of a frozen connection does not learn that the other has gone.
      if (!pair.isFrozen) destroy(pair);
      if (near.destroyed && far.destroyed) state.pairs.delete(pair);
    });
}

function forwardAnswer({ losing }: LinkState, pair: Pair, chunk: Buffer): void {
  if (pair.isFrozen) return;
  if (losing && pair.isPosting && losing.isHit()) {
    losing.lost();
    destroy(pair);
    return;
  }
  pair.isPosting = false;
  pair.near.write(chunk);
}

function destroy({ near, far }: Pair): void {
  near.destroy();
  far.destroy();
}

const isStartOf = (chunk: Buffer, text: string): boolean => chunk.indexOf(text, 0, 'latin1') === 0;
