/** SQL of teams and their members. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { TeamRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';

const teamQuery = (db: Sql, account_id: number) =>
  db.q.selectFrom('teams').selectAll().where('account_id', '=', account_id);

/** Teams of the account by name. */
export function listTeamRows(db: Sql, account_id: number): Promise<TeamRow[]> {
  return db.all(teamQuery(db, account_id).orderBy('name').orderBy('id'));
}

/** @throws not_found, also for a team of another account */
export async function getTeam(db: Sql, account_id: number, id: number): Promise<TeamRow> {
  const row: TeamRow | undefined = await db.get(teamQuery(db, account_id).where('id', '=', id));
  if (!row) throw notFound();
  return row;
}

/** Teams by id; ids that do not exist are missing in the answer. */
export async function findTeams(db: Sql, ids: readonly number[]): Promise<Map<number, TeamRow>> {
  if (!ids.length) return new Map();
  const rows: TeamRow[] = await db.all(
    db.q
      .selectFrom('teams')
      .selectAll()
      .where(isAnyOf(db, 'id', [...new Set(ids)])),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** @param name as it is stored: in lower case */
export function findTeamByName(db: Sql, account_id: number, name: string): Promise<TeamRow | undefined> {
  return db.get(teamQuery(db, account_id).where('name', '=', name));
}

export type NewTeam = Pick<TeamRow, 'account_id' | 'name' | 'description' | 'allow_auto_assign'>;

export async function insertTeam(app: App, tx: Tx, given: NewTeam): Promise<TeamRow> {
  const now = app.now();
  const id = await newId(tx, 'teams');
  const row: TeamRow = { ...given, id, created_at: now, updated_at: now };
  await tx.insertMany('teams', [row]);
  return row;
}

/** Sets columns of one team, and `updated_at`. @returns the row after it */
export async function updateTeamRow(
  app: App,
  tx: Tx,
  team: TeamRow,
  changes: Partial<TeamRow>,
): Promise<TeamRow> {
  const set = { ...changes, updated_at: app.now() };
  await tx.run(tx.q.updateTable('teams').set(set).where('id', '=', team.id));
  return { ...team, ...set };
}

/** Deletes the team; the database deletes its memberships by cascade. */
export async function deleteTeamRow(tx: Tx, id: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('teams').where('id', '=', id));
}

/** Ids of the users who are members of the team. */
export async function listTeamMemberIds(db: Sql, team_id: number): Promise<number[]> {
  const rows = await db.all(
    db.q.selectFrom('team_members').select('user_id').where('team_id', '=', team_id).orderBy('user_id'),
  );
  return rows.map(({ user_id }) => user_id);
}

/** Ids of the account's teams that the user is a member of. */
export async function listTeamIdsOfUser(
  db: Sql,
  member: { account_id: number; user_id: number },
): Promise<number[]> {
  return (await db.all(teamIdsOf(db, member))).map(({ team_id }) => team_id);
}

const teamIdsOf = preparedQuery((q, params: { account_id: number; user_id: number }) =>
  q
    .selectFrom('team_members')
    .innerJoin('teams', 'teams.id', 'team_members.team_id')
    .select('team_id')
    .where('account_id', '=', params.account_id)
    .where('user_id', '=', params.user_id),
);

/** Adds members; users who are members already stay. */
export async function insertTeamMembers(
  app: App,
  tx: Tx,
  { team_id, user_ids }: { team_id: number; user_ids: readonly number[] },
): Promise<void> {
  for (const user_id of user_ids)
    await tx.run(
      tx.q
        .insertInto('team_members')
        .values({ team_id, user_id, created_at: app.now() })
        .onConflict((conflict) => conflict.doNothing()),
    );
}

export async function deleteTeamMembers(
  tx: Tx,
  { team_id, user_ids }: { team_id: number; user_ids: readonly number[] },
): Promise<void> {
  await tx.run(
    tx.q
      .deleteFrom('team_members')
      .where('team_id', '=', team_id)
      .where(isAnyOf(tx, 'user_id', user_ids)),
  );
}
