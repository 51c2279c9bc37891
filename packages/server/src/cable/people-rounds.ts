/** Rounds through the people of this node, in parts: each is due once in a round, so that nothing is written all at once. */
import type { Group, LocalPeople } from './local-people.ts';

/** Milliseconds of a round, two and a half of which fit into the shortest expiry. */
const roundMs = 20_000;
/** Milliseconds of a round that must not wait: Redis is back and may have lost everything. */
const soonMs = 4000;

/** Some people of a group; nobody where only its expired people are to be removed. */
export interface Part {
  group: Group;
  ids: number[];
}

interface Round {
  parts: Part[];
  begunAtMs: number;
  takesMs: number;
  taken: number;
}

export class PeopleRounds {
  readonly #people: LocalPeople;
  readonly #now: () => number;
  readonly #partSize: number;
  #round: Round | undefined;
  #isSoon = false;

  constructor(people: LocalPeople, { now, partSize }: { now: () => number; partSize: number }) {
    this.#people = people;
    this.#now = now;
    this.#partSize = partSize;
  }

  /** Begins anew at the next call of `takeDue`, and goes through everybody within seconds. */
  beginSoon(): void {
    this.#round = undefined;
    this.#isSoon = true;
  }

  /** The parts that became due since the last call. `isNews` is true for those of a round that `beginSoon` began. */
  takeDue(): (Part & { isNews: boolean })[] {
    const now = this.#now();
    if (!this.#round || now - this.#round.begunAtMs >= this.#round.takesMs) {
      const rest = this.#round?.parts.slice(this.#round.taken) ?? [];
      const isNews = this.#round?.takesMs === soonMs;
      this.#round = this.#begin(now);
      if (rest.length) return rest.map((part) => ({ ...part, isNews }));
    }
    const round = this.#round;
    const due = Math.ceil(
      (round.parts.length * Math.min(now - round.begunAtMs, round.takesMs)) / round.takesMs,
    );
    const parts = round.parts.slice(round.taken, due);
    round.taken = Math.max(round.taken, due);
    return parts.map((part) => ({ ...part, isNews: round.takesMs === soonMs }));
  }

  #begin(now: number): Round {
    const groups = this.#people.groups();
    const withUsers = new Set(groups.flatMap(({ kind, account_id }) => (kind === 'user' ? account_id : [])));
    const parts = groups.flatMap((group) => this.#partsOf(group));
    // Contacts here are told which agents are online, and no node with these agents may be left to remove them.
    for (const { account_id } of groups)
      if (!withUsers.has(account_id)) parts.push({ group: { account_id, kind: 'user' }, ids: [] });
    const takesMs = this.#isSoon ? soonMs : roundMs;
    this.#isSoon = false;
    return { parts, begunAtMs: now, takesMs, taken: 0 };
  }

  #partsOf(group: Group): Part[] {
    const ids = this.#people.list(group);
    const parts: Part[] = [];
    for (let at = 0; at < ids.length; at += this.#partSize)
      parts.push({ group, ids: ids.slice(at, at + this.#partSize) });
    return parts;
  }
}
