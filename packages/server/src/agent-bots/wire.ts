/** Wire shapes of bots: the record, the assignee, the sender of a message (application-api.md section 4.3). */
import type { AgentBot, EventAgentBot, ShortAgentBot } from '@hoory/contract';
import type { AgentCaller } from '../caller.ts';
import type { AgentBotRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { withoutCredentials } from '../outgoing/web-address.ts';
import { toWebhookKey } from '../secrets.ts';

/** The record. Token, secret and the address with credentials are for administrators only (decisions.md 8). */
export function toAgentBot(bot: AgentBotRow, role: AgentCaller['role']): AgentBot {
  return {
    ...toShortAgentBot(bot),
    bot_config: readFreeForm(bot.bot_config),
    account_id: bot.account_id,
    ...(role === 'administrator' && {
      outgoing_url: bot.outgoing_url,
      access_token: bot.access_token,
      secret: bot.secret,
      standard_webhooks_secret: toWebhookKey(bot.secret),
    }),
    system_bot: false,
  };
}

/** The bot without secrets; credentials in its address are removed. */
export function toShortAgentBot(bot: AgentBotRow): ShortAgentBot {
  return {
    id: bot.id,
    name: bot.name,
    description: bot.description,
    thumbnail: bot.avatar_url ?? '',
    outgoing_url: bot.outgoing_url && withoutCredentials(bot.outgoing_url),
    bot_type: 'webhook',
  };
}

/** The bot as sender of a message, as assignee, or as performer of an event. */
export function toEventBot(bot: AgentBotRow): EventAgentBot {
  return { id: bot.id, name: bot.name, avatar_url: bot.avatar_url ?? '', type: 'agent_bot' };
}
