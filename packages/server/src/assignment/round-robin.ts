/** Round robin: members of an inbox or a team get conversations one after another, on any number of nodes. */
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';

/** An inbox or a team, each with a round robin of its own. */
export type RoundRobinScope = `inbox:${number}` | `team:${number}`;

/**
 * Chooses the candidate whose last turn is longest ago and records its new turn. The counter of the scope is the row of user 0;
 * its lock lasts until the transaction ends, so that two nodes never hand out the same turn.
 * @returns the id of the user; undefined without candidates
 */
export async function chooseByRoundRobin(
  tx: Tx,
  scope: RoundRobinScope,
  candidates: readonly number[],
): Promise<number | undefined> {
  if (!candidates.length) return undefined;
  const counter = await tx.get(
    tx.q
      .insertInto('assignment_turns')
      .values({ scope, user_id: 0, turn: 1 })
      .onConflict((conflict) =>
        conflict.columns(['scope', 'user_id']).doUpdateSet({ turn: sql`assignment_turns.turn + 1` }),
      )
      .returning('turn'),
  );
  const rows = await tx.all(
    tx.q
      .selectFrom('assignment_turns')
      .select(['user_id', 'turn'])
      .where('scope', '=', scope)
      .where(isAnyOf(tx, 'user_id', candidates)),
  );
  const turns = new Map(rows.map(({ user_id, turn }) => [user_id, turn]));
  const [chosen] = [...candidates].sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0) || a - b);
  if (chosen === undefined || !counter) return undefined;
  const { turn } = counter;
  await tx.run(
    tx.q
      .insertInto('assignment_turns')
      .values({ scope, user_id: chosen, turn })
      .onConflict((conflict) => conflict.columns(['scope', 'user_id']).doUpdateSet({ turn })),
  );
  return chosen;
}
