/** Whose turn it is: members of an inbox or a team get conversations one after another, on any number of nodes. */
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';

/** An inbox or a team, each with turns of its own. */
export type Scope = `inbox:${number}` | `team:${number}`;

/**
 * Chooses who of `candidates` has waited longest for a turn, and gives it to them. The scope's counter is locked until the
 * transaction ends, so that two nodes never give the same turn.
 */
export async function chooseByRoundRobin(
  tx: Tx,
  scope: Scope,
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
