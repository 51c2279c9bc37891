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
  /** Drops the next frame to a client of the base protocol that contains `text`, and nothing else. Resolves when that has happened. */
  swallow(text: string): Promise<void>;
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
  /** A WebSocket of a client that offers the base protocol alone. */
  isBaseSocket: boolean;
}

export function openLink(port: number): Link {
  const pairs = new Set<Pair>();
  let losing: { isHit: () => boolean; lost: () => void } | undefined;
  let swallowing: { text: string; done: () => void } | undefined;

  const fromFar = (pair: Pair, chunk: Buffer) => {
    if (pair.isFrozen) return;
    if (pair.isBaseSocket && swallowing && chunk.includes(swallowing.text)) {
      const { text, done } = swallowing;
      swallowing = undefined;
      const rest = withoutFrame(chunk, text);
      if (rest.length) pair.near.write(rest);
      return done();
    }
    if (losing && pair.isPosting && losing.isHit()) {
      losing.lost();
      return destroy(pair);
    }
    pair.isPosting = false;
    pair.near.write(chunk);
  };
  const fromNear = (pair: Pair, chunk: Buffer) => {
    if (pair.isFrozen) return;
    if (isStartOf(chunk, 'POST ')) pair.isPosting = true;
    if (isStartOf(chunk, 'GET /cable')) pair.isBaseSocket = chunk.includes('actioncable-unsupported');
    pair.far.write(chunk);
  };
  const join = (near: Socket, far: Socket) => {
    const pair = { near, far, isFrozen: false, isPosting: false, isBaseSocket: false };
    pairs.add(pair);
    near.on('data', (chunk: Buffer) => fromNear(pair, chunk));
    far.on('data', (chunk: Buffer) => fromFar(pair, chunk));
    for (const side of [near, far])
      side.on('close', () => {
        // One side of a frozen connection does not learn that the other has gone.
        if (!pair.isFrozen) destroy(pair);
        if (near.destroyed && far.destroyed) pairs.delete(pair);
      });
  };
  return {
    carry: async (near) => {
      const far = connect(port, '127.0.0.1');
      far.on('error', () => {});
      const isOpen = await new Promise<boolean>((resolve) => {
        far.once('connect', () => resolve(true)).once('close', () => resolve(false));
      });
      if (!isOpen) return false;
      if (near.destroyed) far.destroy();
      else join(near, far);
      return true;
    },
    cut: (percent, isHit) => {
      const hit = [...pairs].filter((pair) => !pair.isFrozen && isHit(percent));
      hit.forEach(destroy);
      return hit.length;
    },
    freeze: (percent, isHit) => {
      const hit = [...pairs].filter((pair) => !pair.isFrozen && isHit(percent));
      for (const pair of hit) pair.isFrozen = true;
      return { count: hit.length, end: () => hit.forEach(destroy) };
    },
    loseAnswers: (isHit, lost) => {
      const own = { isHit, lost };
      losing = own;
      return () => {
        if (losing === own) losing = undefined;
      };
    },
    swallow: (text) =>
      new Promise((done) => {
        swallowing = { text, done };
      }),
  };
}

function destroy({ near, far }: Pair): void {
  near.destroy();
  far.destroy();
}

const isStartOf = (chunk: Buffer, text: string): boolean => chunk.indexOf(text, 0, 'latin1') === 0;

/** Without the first WebSocket frame of the server, which is not masked, that contains `text`. */
function withoutFrame(chunk: Buffer, text: string): Buffer {
  for (let start = 0; start < chunk.length; ) {
    const end = endOfFrame(chunk, start);
    if (chunk.subarray(start, end).includes(text))
      return Buffer.concat([chunk.subarray(0, start), chunk.subarray(end)]);
    start = end;
  }
  return chunk;
}

function endOfFrame(chunk: Buffer, start: number): number {
  const short = (chunk[start + 1] ?? 0) & 0x7f;
  if (short === 126) return start + 4 + chunk.readUInt16BE(start + 2);
  if (short === 127) return start + 10 + Number(chunk.readBigUInt64BE(start + 2));
  return start + 2 + short;
}
