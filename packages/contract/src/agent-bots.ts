/** Agent bots (application-api.md section 4.3). */
import Type, { type Static } from 'typebox';
import { FreeForm, Id, named, nullable } from './schema.ts';

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
