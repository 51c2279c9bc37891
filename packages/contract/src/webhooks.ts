/**
 * Webhooks of an account: addresses of the company's systems that events are posted to (application-api.md sections 4.11 and
 * 6.12, webhooks.md section 1). `webhook-payloads.ts` has the bodies, `webhook-deliveries.ts` the ledger.
 */
import Type, { type Static } from 'typebox';
import { MAX_LIST } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { FilledWebAddress, fields, Id, named, nullable, object, ShortText, words } from './schema.ts';

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

const input = fields({
  url: FilledWebAddress,
  name: Type.Optional(nullable(ShortText)),
  subscriptions: Type.Optional(
    Type.Array(WebhookSubscription, {
      minItems: 1,
      maxItems: MAX_LIST,
      description: 'absent: the first eight',
    }),
  ),
  inbox_id: Type.Optional(nullable(Id)),
});
const OneWebhook = named('OneWebhook', { payload: object({ webhook: Webhook }) });

export const agentWebhooks = endpoints({
  agentListWebhooks: {
    method: 'GET',
    path: `${accountPath}/webhooks`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'List the webhooks of the account',
    params: accountParams,
    returns: object({ payload: object({ webhooks: Type.Array(Webhook) }) }),
  },
  agentCreateWebhook: {
    method: 'POST',
    path: `${accountPath}/webhooks`,
    auth: 'administrator',
    root: 'webhook',
    tag: 'Webhooks',
    summary: 'Create a webhook',
    params: accountParams,
    body: input,
    returns: OneWebhook,
  },
  agentUpdateWebhook: {
    method: 'PATCH',
    path: `${accountPath}/webhooks/{id}`,
    auth: 'administrator',
    root: 'webhook',
    tag: 'Webhooks',
    summary: 'Change a webhook',
    params: recordParams,
    body: Type.Partial(input),
    returns: OneWebhook,
  },
  agentDeleteWebhook: {
    method: 'DELETE',
    path: `${accountPath}/webhooks/{id}`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    params: recordParams,
    returns: null,
  },
});
