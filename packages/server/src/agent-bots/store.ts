/** SQL of agent bots. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import type { AgentBotRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { newToken } from '../secrets.ts';

export type NewBot = Pick<AgentBotRow, 'account_id' | 'name'> & Partial<AgentBotRow>;

/** Inserts a bot with a new token and a new secret; columns that are not given are empty. */
export async function insertBot(app: App, tx: Tx, given: NewBot): Promise<AgentBotRow> {
  const now = app.now();
  const id = await newId(tx, 'agent_bots');
  const row: AgentBotRow = {
    description: null,
    outgoing_url: null,
    bot_config: '{}',
    avatar_url: null,
    created_at: now,
    updated_at: now,
    ...given,
    id,
    access_token: newToken(),
    secret: newToken(),
  };
  await tx.insertMany('agent_bots', [row]);
  return row;
}

/** Bots of the account, oldest first. */
export const listBotRows = (db: Sql, account_id: number): Promise<AgentBotRow[]> =>
  db.all(db.q.selectFrom('agent_bots').selectAll().where('account_id', '=', account_id).orderBy('id'));

/** @throws not_found, also for a bot of another account */
export async function getBot(db: Sql, account_id: number, id: number): Promise<AgentBotRow> {
  const row = await db.get(
    db.q.selectFrom('agent_bots').selectAll().where('account_id', '=', account_id).where('id', '=', id),
  );
  if (!row) throw notFound();
  return row;
}

/** Bots by id; ids that do not exist are missing in the answer. */
export async function findBots(db: Sql, ids: readonly number[]): Promise<Map<number, AgentBotRow>> {
  if (!ids.length) return new Map();
  const rows = await db.all(
    db.q
      .selectFrom('agent_bots')
      .selectAll()
      .where(isAnyOf(db, 'id', [...ids])),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Sets columns of one bot, and `updated_at`. @returns the row with its changes */
export async function updateBotRow(
  app: App,
  tx: Tx,
  bot: AgentBotRow,
  changes: Partial<AgentBotRow>,
): Promise<AgentBotRow> {
  const next = { ...bot, ...changes, updated_at: app.now() };
  const set = { ...changes, updated_at: next.updated_at };
  await tx.run(tx.q.updateTable('agent_bots').set(set).where('id', '=', bot.id));
  return next;
}

export async function deleteBotRow(tx: Tx, id: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('agent_bots').where('id', '=', id));
}
