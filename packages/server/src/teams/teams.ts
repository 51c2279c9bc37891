/** Verbs of teams (application-api.md section 6.10). */
import type { Team } from '@hoory/contract';
import { bumpCacheKey } from '../accounts/cache-keys.ts';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { TeamRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { toKey } from '../text.ts';
import {
  deleteTeamRow,
  findTeamByName,
  getTeam,
  insertTeam,
  listTeamIdsOfUser,
  listTeamRows,
  updateTeamRow,
} from './store.ts';
import { toTeam } from './wire.ts';

export interface TeamInput {
  name?: string;
  description?: string | null;
  allow_auto_assign?: boolean;
}

/** All teams of the account by name, each with whether the caller is a member. */
export async function listTeams(app: App, caller: AgentCaller): Promise<Team[]> {
  const own = await listTeamIdsOfUser(app.db, memberKeyOf(caller));
  return (await listTeamRows(app.db, caller.account.id)).map((team) => toTeam(team, own));
}

/** @throws not_found */
export async function showTeam(app: App, caller: AgentCaller, { id }: { id: number }): Promise<Team> {
  const team = await getTeam(app.db, caller.account.id, id);
  return toTeam(team, await listTeamIdsOfUser(app.db, memberKeyOf(caller)));
}

/** Creates a team without members. Names are stored in lower case. @throws invalid 422 on `name` when another team has it */
export async function createTeam(
  app: App,
  { account }: AgentCaller,
  input: TeamInput & { name: string },
): Promise<Team> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const name = toKey(input.name);
    await requireFreeName(tx, { account_id: account.id, name });
    const team = await insertTeam(app, tx, {
      account_id: account.id,
      name,
      description: input.description ?? null,
      allow_auto_assign: Number(input.allow_auto_assign ?? true),
    });
    await bumpCacheKey(app, tx, { account_id: account.id, list: 'team' });
    return toTeam(team, []);
  });
}

/** Changes the fields that the input names. @throws not_found, invalid 422 on `name` when another team has it */
export async function updateTeam(
  app: App,
  caller: AgentCaller,
  { id, ...input }: TeamInput & { id: number },
): Promise<Team> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, caller.account.id);
    const team = await getTeam(tx, caller.account.id, id);
    const changes = columnsOf(input);
    if (changes.name !== undefined)
      await requireFreeName(tx, { account_id: team.account_id, name: changes.name, except: id });
    const changed = await updateTeamRow(app, tx, team, changes);
    await bumpCacheKey(app, tx, { account_id: team.account_id, list: 'team' });
    return toTeam(changed, await listTeamIdsOfUser(tx, memberKeyOf(caller)));
  });
}

/** Deletes the team; listeners of `team_deleted` first remove it from its conversations. @throws not_found */
export async function deleteTeam(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  await app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    await getTeam(tx, account.id, id);
    await app.listeners.notify(tx, [
      { event: 'team_deleted', account_id: account.id, detail: { team_id: id } },
    ]);
    await deleteTeamRow(tx, id);
    await bumpCacheKey(app, tx, { account_id: account.id, list: 'team' });
  });
}

const memberKeyOf = ({ account, user }: AgentCaller) => ({ account_id: account.id, user_id: user.id });

function columnsOf({ name, description, allow_auto_assign }: TeamInput): Partial<TeamRow> {
  return {
    ...(name !== undefined && { name: toKey(name) }),
    ...(description !== undefined && { description }),
    ...(allow_auto_assign !== undefined && { allow_auto_assign: Number(allow_auto_assign) }),
  };
}

async function requireFreeName(
  tx: Tx,
  { account_id, name, except }: { account_id: number; name: string; except?: number },
): Promise<void> {
  const owner = await findTeamByName(tx, account_id, name);
  if (owner && owner.id !== except) throw invalid('name', 'Name has already been taken');
}
