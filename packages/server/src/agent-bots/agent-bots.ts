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

interface BotParams {
  id: number;
}

/** Bots of the account, oldest first; tokens and secrets for administrators only. */
export async function listBots(app: App, { account, role }: AgentCaller): Promise<AgentBot[]> {
  return (await listBotRows(app.db, account.id)).map((row) => toAgentBot(row, role));
}

/** @throws not_found */
export async function showBot(
  app: App,
  { account, role }: AgentCaller,
  { id }: BotParams,
): Promise<AgentBot> {
  return toAgentBot(await getBot(app.db, account.id, id), role);
}

/** @throws invalid 422 for an address that is not http or https, a free-form object beyond the bounds, or a bad picture */
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

/** Changes the fields that the input names. @throws not_found, invalid as for `createBot` */
export async function updateBot(
  app: App,
  caller: AgentCaller,
  { id, ...input }: BotInput & BotParams,
  { uploads }: RequestContext,
): Promise<AgentBot> {
  const columns = columnsOf(input);
  const picture = await readPicture(app, uploads);
  return changeBot(app, caller, id, async (tx, bot) => ({
    ...columns,
    ...(picture && { avatar_url: await storePicture(app, tx, pictureOf(bot), picture) }),
  }));
}

/** Deletes the uploaded picture, if there is one, and the address of the avatar. @throws not_found */
export const deleteBotAvatar = (app: App, caller: AgentCaller, { id }: BotParams) =>
  changeBot(app, caller, id, async (tx, bot) => {
    await deletePicture(app, tx, pictureOf(bot).owner);
    return { avatar_url: null };
  });

/** Replaces the access token; the old one is invalid at once. @throws not_found */
export const resetBotAccessToken = (app: App, caller: AgentCaller, { id }: BotParams) =>
  changeBot(app, caller, id, async () => ({ access_token: newToken() }));

/** Replaces the secret; deliveries from now on are signed with the new one. @throws not_found */
export const resetBotSecret = (app: App, caller: AgentCaller, { id }: BotParams) =>
  changeBot(app, caller, id, async () => ({ secret: newToken() }));

/** Deletes the bot; listeners first remove it from its inboxes and conversations. @throws not_found */
export async function deleteBot(app: App, { account }: AgentCaller, { id }: BotParams): Promise<undefined> {
  await app.db.write(async (tx) => {
    const bot = await getBot(tx, account.id, id);
    await app.listeners.notify(tx, [
      { event: 'agent_bot_removed', account_id: account.id, detail: { agent_bot_id: bot.id } },
    ]);
    await deletePicture(app, tx, pictureOf(bot).owner);
    await deleteBotRow(tx, bot.id);
  });
}

/** Sets the columns that `decide` returns, in one transaction with the read of the bot. @throws not_found */
function changeBot(
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

/** The columns that the input sets. @throws invalid */
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

/** A blank address is null. @throws invalid on `field` for an address that is not http or https */
function addressOf(field: string, text: string | null): string | null {
  const url = text?.trim();
  if (!url) return null;
  if (!isWebAddress(url)) throw invalid(field, `${field} is not an http or https address`);
  return url;
}
