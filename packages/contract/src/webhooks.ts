/** Webhooks of the account, and the ledger of what was delivered. */
import Type, { type Static } from 'typebox';
import { Id, named, nullable, object, words } from './schema.ts';

/** Events that a webhook of the account may subscribe to (webhooks.md section 1). */
export const WebhookSubscription = words(
  'conversation_created',
  'conversation_status_changed',
  'conversation_updated',
  'message_created',
  'message_updated',
  'contact_created',
  'contact_updated',
  'webwidget_triggered',
  'inbox_created',
  'inbox_updated',
  'conversation_typing_on',
  'conversation_typing_off',
);
export type WebhookSubscription = Static<typeof WebhookSubscription>;

/** An address of the customer's systems that events are sent to (application-api.md section 4.11). */
export const Webhook = named('Webhook', {
  id: Id,
  name: nullable(Type.String()),
  url: Type.String(),
  account_id: Id,
  subscriptions: Type.Array(WebhookSubscription),
  secret: Type.String({ description: 'signs the deliveries' }),
  standard_webhooks_secret: Type.String({ description: 'the same secret as `whsec_` key' }),
  inbox: Type.Optional(object({ id: Id, name: Type.String() })),
});
export type Webhook = Static<typeof Webhook>;
