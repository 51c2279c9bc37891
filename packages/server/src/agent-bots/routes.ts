/** Agent bots: endpoint to verb. */
import type { agentBots } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import {
  createBot,
  deleteBot,
  deleteBotAvatar,
  listBots,
  resetBotAccessToken,
  resetBotSecret,
  showBot,
  updateBot,
} from './agent-bots.ts';

export const agentBotRoutes: Routes<typeof agentBots> = {
  agentListBots: listBots,
  agentCreateBot: createBot,
  agentGetBot: showBot,
  agentUpdateBot: updateBot,
  agentDeleteBot: deleteBot,
  agentDeleteBotAvatar: deleteBotAvatar,
  agentResetBotAccessToken: resetBotAccessToken,
  agentResetBotSecret: resetBotSecret,
};
