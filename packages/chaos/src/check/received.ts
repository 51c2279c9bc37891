/** Every follower received each event of its streams exactly once and in order, or was told to fetch anew. */
import type { Received, Timed } from '../history.ts';
import { readSeenLog, type SeenLog, subjectOf } from './log.ts';
import type { Evidence, FollowerFacts, Violation } from './violation.ts';

/** What the followers of a run received, without what is stored. */
export type Receipts = Pick<Evidence, 'entries' | 'followers'>;

export function checkReceived(evidence: Receipts): Violation[] {
  const log = readSeenLog(evidence);
  return [
    ...log.conflicts,
    ...evidence.followers.flatMap((follower) => {
      const { violations, behind } = checkFollower(evidence, { follower, log });
      return [...violations, ...behind];
    }),
  ];
}

/** Where a follower stands in one stream. */
interface Standing {
  /** The offsets that its last event may have; several when equal events follow each other. */
  last: Set<number>;
  /** It connected without resuming, or was told to fetch anew: events may be missing before the next one. */
  mayJump: boolean;
}

function checkFollower(
  { entries }: Receipts,
  { follower, log }: { follower: FollowerFacts; log: SeenLog },
): { violations: Violation[]; behind: Violation[] } {
  const standings = new Map<string, Standing>();
  for (const stream of follower.to.keys())
    standings.set(stream, { last: new Set([follower.from.get(stream) ?? 0]), mayJump: false });
  const violations: Violation[] = [];
  let mustFetch = false;
  for (const entry of entries) {
    if (!('follower' in entry) || entry.follower !== follower.name) continue;
    if (entry.kind === 'reset' || entry.kind === 'connect') {
      mustFetch = true;
      for (const standing of standings.values()) standing.mayJump = true;
    } else if (entry.kind === 'refresh') mustFetch = false;
    else if (entry.kind === 'event') violations.push(...step(entry, { follower, log, standings }));
  }
  return { violations, behind: [...checkEnd(follower, standings), ...checkFetched(follower, mustFetch)] };
}

interface Walk {
  follower: FollowerFacts;
  log: SeenLog;
  standings: ReadonlyMap<string, Standing>;
}

function step(received: Timed<Received>, { follower, log, standings }: Walk): Violation[] {
  const places = log.placesOf(received, follower);
  const candidates = [...places, ...log.unseenPlacesOf(received, follower)];
  const fitting = candidates.flatMap(({ stream, offset }) => {
    const standing = standings.get(stream);
    return standing && isNext(standing, offset) ? [{ standing, offset }] : [];
  });
  const first = fitting[0];
  if (first) {
    first.standing.last = new Set(
      fitting.filter(({ standing }) => standing === first.standing).map(({ offset }) => offset),
    );
    first.standing.mayJump = false;
    return [];
  }
  // What came before the work began is owed to nobody.
  if (places.some(({ stream, offset }) => offset <= (follower.from.get(stream) ?? 0))) return [];
  return [explain(received, { places, standings, follower })];
}

const isNext = ({ last, mayJump }: Standing, offset: number): boolean =>
  mayJump ? offset > Math.min(...last) : last.has(offset - 1);

function explain(
  received: Timed<Received>,
  {
    places,
    standings,
    follower,
  }: Pick<Walk, 'standings' | 'follower'> & { places: ReturnType<SeenLog['placesOf']> },
): Violation {
  const about = subjectOf(received);
  const what = `${received.event}${received.message === undefined ? '' : ` of message ${received.message}`}`;
  const [place] = places;
  const standing = place && standings.get(place.stream);
  if (!place || !standing)
    return {
      rule: 'one order',
      text: `${follower.name} received ${what}, which nobody else received`,
      about,
    };
  const last = Math.max(...standing.last);
  if (place.offset <= last)
    return {
      rule: 'received once',
      text: `${follower.name} received ${what} at offset ${place.offset} again, or late: it had received ${last}`,
      about,
    };
  // Go on from here, so that one gap is one violation.
  standing.last = new Set([place.offset]);
  return {
    rule: 'received all',
    text: `${follower.name} received ${what} at offset ${place.offset} after ${last}: those between are missing`,
    about,
  };
}

function checkEnd(follower: FollowerFacts, standings: ReadonlyMap<string, Standing>): Violation[] {
  return [...standings].flatMap(([stream, { last, mayJump }]) => {
    const end = follower.to.get(stream) ?? 0;
    if (mayJump || last.has(end)) return [];
    const text = `${follower.name} ends at offset ${Math.max(...last)} of a stream whose last is ${end}`;
    return [{ rule: 'received all' as const, text, about: { follower: follower.name } }];
  });
}

function checkFetched({ name }: FollowerFacts, mustFetch: boolean): Violation[] {
  if (!mustFetch) return [];
  const text = `${name} had to fetch everything anew and has not in the end`;
  return [{ rule: 'received all', text, about: { follower: name } }];
}

/** The followers that have not received or fetched the last of their streams yet, by the rules of the checker. */
export function findBehind(receipts: Receipts): string[] {
  const log = readSeenLog(receipts);
  return receipts.followers
    .filter((follower) => checkFollower(receipts, { follower, log }).behind.length > 0)
    .map(({ name }) => name);
}
