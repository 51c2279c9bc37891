/** Verbs of agent bots (application-api.md section 6.6). */
import type { AgentBot } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { AgentBotRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { deletePicture, readPicture, storePicture } from '../files/blobs.ts';
import { toFreeForm } from '../free-form.ts';
import type { RequestContext } from '../http/routes.ts';
import { isWebAddress } from '../outgoing/web-address.ts';
import { newToken } from '../secrets.ts';
import { deleteBotRow, getBot, insertBot, listBotRows, updateBotRow } from './store.ts';
import { toAgentBot } from './wire.ts';

interface BotInput {
  name?: string;
  description?: string | null;
  outgoing_url?: string | null;
  bot_config?: Record<string, unknown>;
  avatar_url?: string | null;
}

interface Named {
  id: number;
}

export async function listBots(app: App, { account, role }: AgentCaller): Promise<AgentBot[]> {
  return (await listBotRows(app.db, account.id)).map((row) => toAgentBot(row, role));
}

/** @throws not_found */
export async function showBot(app: App, { account, role }: AgentCaller, { id }: Named): Promise<AgentBot> {
  return toAgentBot(await getBot(app.db, account.id, id), role);
}

/** @throws invalid for an address that is none */
export async function createBot(
  app: App,
  { account, role }: AgentCaller,
  input: BotInput & { name: string },
  { uploads }: RequestContext,
): Promise<AgentBot> {
  const columns = columnsOf(input);
  const given = { ...columns, name: input.name.trim(), account_id: account.id };
  const picture = await readPicture(app, uploads);
  return app.db.write(async (tx) => {
    const bot = await insertBot(app, tx, given);
    if (!picture) return toAgentBot(bot, role);
    const avatar_url = await storePicture(app, tx, pictureOf(bot), picture);
    return toAgentBot(await updateBotRow(app, tx, bot, { avatar_url }), role);
  });
}

const pictureOf = ({ id, account_id }: AgentBotRow) => ({ account_id, owner: `bot:${id}` });

/** @throws not_found, invalid */
export async function updateBot(
  app: App,
  caller: AgentCaller,
  { id, ...input }: BotInput & Named,
  { uploads }: RequestContext,
): Promise<AgentBot> {
  const columns = columnsOf(input);
  const picture = await readPicture(app, uploads);
  return change(app, caller, id, async (tx, bot) => ({
    ...columns,
    ...(picture && { avatar_url: await storePicture(app, tx, pictureOf(bot), picture) }),
  }));
}

/** @throws not_found */
export const deleteBotAvatar = (app: App, caller: AgentCaller, { id }: Named) =>
  change(app, caller, id, async (tx, bot) => {
    await deletePicture(app, tx, pictureOf(bot).owner);
    return { avatar_url: null };
  });

/** The old token ends at once. @throws not_found */
export const resetBotAccessToken = (app: App, caller: AgentCaller, { id }: Named) =>
  change(app, caller, id, async () => ({ access_token: newToken() }));

/** What is sent from now on is signed with the new secret. @throws not_found */
export const resetBotSecret = (app: App, caller: AgentCaller, { id }: Named) =>
  change(app, caller, id, async () => ({ secret: newToken() }));

/** Inboxes and conversations of the bot hear of it first and let it go. @throws not_found */
export async function deleteBot(app: App, { account }: AgentCaller, { id }: Named): Promise<undefined> {
  await app.db.write(async (tx) => {
    const bot = await getBot(tx, account.id, id);
    await app.listeners.notify(tx, [
      { event: 'agent_bot_removed', account_id: account.id, detail: { agent_bot_id: bot.id } },
    ]);
    await deletePicture(app, tx, pictureOf(bot).owner);
    await deleteBotRow(tx, bot.id);
  });
}

function change(
  app: App,
  { account, role }: AgentCaller,
  id: number,
  decide: (tx: Tx, bot: AgentBotRow) => Promise<Partial<AgentBotRow>>,
): Promise<AgentBot> {
  return app.db.write(async (tx) => {
    const bot = await getBot(tx, account.id, id);
    return toAgentBot(await updateBotRow(app, tx, bot, await decide(tx, bot)), role);
  });
}

/** The columns that the input sets, checked. */
function columnsOf(input: BotInput): Partial<AgentBotRow> {
  const { name, description, outgoing_url, bot_config, avatar_url } = input;
  return {
    ...(name !== undefined && { name: name.trim() }),
    ...(description !== undefined && { description: description?.trim() || null }),
    ...(outgoing_url !== undefined && { outgoing_url: addressOf('outgoing_url', outgoing_url) }),
    ...(bot_config && { bot_config: toFreeForm('bot_config', bot_config) }),
    ...(avatar_url !== undefined && { avatar_url: addressOf('avatar_url', avatar_url) }),
  };
}

/** Blank is none. */
function addressOf(field: string, text: string | null): string | null {
  const url = text?.trim();
  if (!url) return null;
  if (!isWebAddress(url)) throw invalid(field, `${field} is not an http or https address`);
  return url;
}
