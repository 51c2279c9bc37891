/**
 * Places of rows in a block, which holds the rows of `blockSize` ids one after another: growing numbers from 0, kept as text in
 * which each character is the distance from the one before. Most take one byte.
 */
export const blockSize = 4096;

/** Nothing below is printable, and PostgreSQL does not take 0. */
const offset = 32;

export const toBlock = (id: number): number => Math.floor(id / blockSize);
export const toFirstId = (block: number): number => block * blockSize;

/** Places under one name while a block is gathered, each added in its order. */
export class PostingList {
  text = '';
  #last = -1;

  /** A place may come twice in a row. */
  add(place: number): void {
    if (place === this.#last) return;
    this.text += String.fromCharCode(place - this.#last + offset);
    this.#last = place;
  }
}

export function toPositions(text: string): number[] {
  const places: number[] = [];
  let last = -1;
  for (let index = 0; index < text.length; index++) {
    last += text.charCodeAt(index) - offset;
    places.push(last);
  }
  return places;
}

/** Places in all of the lists, which are texts; no more of these are read than is needed. */
export function intersectAll(lists: readonly string[]): number[] {
  const [first = '', ...others] = [...lists].sort((a, b) => a.length - b.length);
  let places = toPositions(first);
  for (const other of others) {
    if (!places.length) break;
    places = intersect(places, toPositions(other));
  }
  return places;
}

/** Places in both of two lists. */
export function intersect(a: readonly number[], b: readonly number[]): number[] {
  let next = 0;
  return a.filter((position) => {
    while ((b[next] ?? position) < position) next++;
    return b[next] === position;
  });
}

/** Places in any of the lists, growing. */
export function union(lists: readonly (readonly number[])[]): number[] {
  const [only] = lists;
  if (only && lists.length === 1) return [...only];
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
