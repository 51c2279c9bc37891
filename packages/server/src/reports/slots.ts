/** Division of time into the slots of facts, without I/O. */
import { dayMs } from '../time.ts';

/** From `since`, inclusive, to `until`, exclusive, in milliseconds since 1970. */
export interface Interval {
  since: number;
  until: number;
}

/** Offsets of time zones are multiples of a quarter of an hour, so a quarter lies in one day of any zone. */
export const quarterMs = 900_000;
const quartersPerDay = dayMs / quarterMs;

/** Slots of one length of the interval with this index, from `from`, inclusive, to `until`, exclusive. */
export type SlotRange = [interval: number, slotMs: number, from: number, until: number];

export interface DividedIntervals {
  /** Days and quarters. */
  slots: SlotRange[];
  /** The same in quarters only. */
  quarters: SlotRange[];
  /** The ends of the intervals outside of all slots, each within a quarter of an hour. */
  edges: (Interval & { interval: number })[];
}

/** Divides intervals into whole days, the quarters around them, and edges. */
export function divide(intervals: readonly Interval[]): DividedIntervals {
  const divided: DividedIntervals = { slots: [], quarters: [], edges: [] };
  for (const [interval, { since, until }] of intervals.entries()) {
    const [first, end] = [Math.ceil(since / quarterMs), Math.floor(until / quarterMs)];
    const addEdge = (edge: Interval) => {
      if (edge.since < edge.until) divided.edges.push({ ...edge, interval });
    };
    if (first > end) addEdge({ since, until });
    else {
      addEdge({ since, until: first * quarterMs });
      addEdge({ since: end * quarterMs, until });
      divided.slots.push(...toRanges(interval, first, end));
      divided.quarters.push([interval, quarterMs, first, end]);
    }
  }
  return divided;
}

/** The quarters from `first` to before `end`, with days in the place of their 96 quarters. */
function toRanges(interval: number, first: number, end: number): SlotRange[] {
  const [firstDay, endDay] = [Math.ceil(first / quartersPerDay), Math.floor(end / quartersPerDay)];
  const ranges: SlotRange[] =
    firstDay < endDay
      ? [
          [interval, quarterMs, first, firstDay * quartersPerDay],
          [interval, dayMs, firstDay, endDay],
          [interval, quarterMs, endDay * quartersPerDay, end],
        ]
      : [[interval, quarterMs, first, end]];
  return ranges.filter(([, , from, until]) => from < until);
}
