/**
 * Posting lists: positions of rows in a block, which is a range of `blockSize` ids. Positions ascend from 0 and are stored as text,
 * in
 * which each character is the distance from the previous position. Most characters take one byte.
 */
export const blockSize = 4096;

/** Added to each distance: characters below are control characters, of which PostgreSQL rejects 0. */
const offset = 32;

/** The number of the block that contains an id. */
export const toBlock = (id: number): number => Math.floor(id / blockSize);
export const toFirstId = (block: number): number => block * blockSize;

/** A posting list that is being written. Positions are added in ascending order. */
export class PostingList {
  text = '';
  #last = -1;

  /** Adds a position; the last one is ignored when it is added again. */
  add(position: number): void {
    if (position === this.#last) return;
    this.text += String.fromCharCode(position - this.#last + offset);
    this.#last = position;
  }
}

/** The positions in the text of a posting list. */
export function toPositions(text: string): number[] {
  const positions: number[] = [];
  let last = -1;
  for (let index = 0; index < text.length; index++) {
    last += text.charCodeAt(index) - offset;
    positions.push(last);
  }
  return positions;
}

/** Positions that all lists, given as text, have. Reads the shortest list first, and stops when no position is left. */
export function intersectAll(lists: readonly string[]): number[] {
  const [first = '', ...others] = [...lists].sort((a, b) => a.length - b.length);
  let positions = toPositions(first);
  for (const other of others) {
    if (!positions.length) break;
    positions = intersect(positions, toPositions(other));
  }
  return positions;
}

/** Positions that both lists have; both are ascending. */
export function intersect(a: readonly number[], b: readonly number[]): number[] {
  let next = 0;
  return a.filter((position) => {
    while ((b[next] ?? position) < position) next++;
    return b[next] === position;
  });
}

/** Positions that any of the lists has, ascending. */
export function union(lists: readonly (readonly number[])[]): number[] {
  const [only] = lists;
  if (only && lists.length === 1) return [...only];
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
