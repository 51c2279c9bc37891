/**
 * An agent bot is a program that gets the events of its inboxes by webhook and answers through the agent API (application-api.md
 * sections 4.3 and 6.6, webhooks.md section 5). Conversations carry the short form as assignee, messages and events a third form
 * (`EventAgentBot`). Secrets and the access token are for administrators only, unlike upstream, which shows them to every agent
 * (section 10).
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import {
  FilledText,
  FreeForm,
  fields,
  Id,
  named,
  nullable,
  ShortText,
  WebAddress,
  wordOrNumber,
  words,
} from './schema.ts';

const short = {
  id: Id,
  name: Type.String(),
  description: nullable(Type.String()),
  thumbnail: Type.String(),
  outgoing_url: Type.Optional(nullable(Type.String({ description: 'hidden for system bots' }))),
  bot_type: Type.Literal('webhook'),
};

/** As assignee of a conversation. */
export const ShortAgentBot = named('ShortAgentBot', short);
export type ShortAgentBot = Static<typeof ShortAgentBot>;

/** As agents see it; secrets for administrators only. */
export const AgentBot = named('AgentBot', {
  ...short,
  bot_config: FreeForm,
  account_id: nullable(Id),
  access_token: Type.Optional(Type.String({ description: 'administrators only' })),
  secret: Type.Optional(Type.String({ description: 'signs what the bot receives; administrators only' })),
  standard_webhooks_secret: Type.Optional(
    Type.String({ description: 'the same secret as `whsec_` key; administrators only' }),
  ),
  system_bot: Type.Boolean(),
});
export type AgentBot = Static<typeof AgentBot>;

/** The one kind there is. */
const BotType = wordOrNumber(words('webhook'));

const input = fields({
  name: FilledText,
  description: Type.Optional(nullable(ShortText)),
  outgoing_url: Type.Optional(nullable(WebAddress)),
  bot_type: Type.Optional(BotType),
  bot_config: Type.Optional(FreeForm),
  avatar_url: Type.Optional(nullable(WebAddress)),
});

/** Any agent lists bots; administrators change them and their secrets. */
export const agentBots = endpoints({
  agentListBots: {
    method: 'GET',
    path: `${accountPath}/agent_bots`,
    auth: 'agent',
    tag: 'Agent bots',
    summary: 'List the bots of the account',
    params: accountParams,
    returns: Type.Array(AgentBot),
  },
  agentCreateBot: {
    method: 'POST',
    path: `${accountPath}/agent_bots`,
    auth: 'administrator',
    tag: 'Agent bots',
    summary: 'Create a bot',
    description:
      'The bot hears of the inboxes it is set for and of the conversations it is assigned to, at `outgoing_url`, and ' +
      'answers through this API with its `access_token`.',
    params: accountParams,
    body: input,
    files: { avatar: 1 },
    returns: AgentBot,
  },
  agentGetBot: {
    method: 'GET',
    path: `${accountPath}/agent_bots/{id}`,
    auth: 'agent',
    tag: 'Agent bots',
    summary: 'Read a bot',
    params: recordParams,
    returns: AgentBot,
  },
  agentUpdateBot: {
    method: 'PATCH',
    path: `${accountPath}/agent_bots/{id}`,
    auth: 'administrator',
    tag: 'Agent bots',
    summary: 'Change a bot',
    params: recordParams,
    body: Type.Partial(input),
    files: { avatar: 1 },
    returns: AgentBot,
  },
  agentDeleteBot: {
    method: 'DELETE',
    path: `${accountPath}/agent_bots/{id}`,
    auth: 'administrator',
    tag: 'Agent bots',
    summary: 'Delete a bot; its inboxes and conversations are without one then',
    params: recordParams,
    returns: null,
  },
  agentDeleteBotAvatar: {
    method: 'DELETE',
    path: `${accountPath}/agent_bots/{id}/avatar`,
    auth: 'administrator',
    tag: 'Agent bots',
    summary: 'Remove the picture of a bot',
    params: recordParams,
    returns: AgentBot,
  },
  agentResetBotAccessToken: {
    method: 'POST',
    path: `${accountPath}/agent_bots/{id}/reset_access_token`,
    auth: 'administrator',
    tag: 'Agent bots',
    summary: 'Give a bot a new access token; the old one ends at once',
    params: recordParams,
    returns: AgentBot,
  },
  agentResetBotSecret: {
    method: 'POST',
    path: `${accountPath}/agent_bots/{id}/reset_secret`,
    auth: 'administrator',
    tag: 'Agent bots',
    summary: 'Give a bot a new secret for its signatures',
    params: recordParams,
    returns: AgentBot,
  },
});
