/**
 * The ledger of deliveries to webhooks and bots, and the state of each receiver (webhooks.md section 3, decisions.md 9). An
 * addition: upstream neither retries webhooks nor keeps what was sent (webhooks.md section 7).
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { FreeForm, fields, Id, idOf, named, nullable, object, UnixSeconds, words } from './schema.ts';

const endpointKey = Type.String({
  maxLength: 32,
  pattern: '^(inbox|webhook|bot):[0-9]{1,15}$',
  description: '`inbox:<id>` (its webhook), `webhook:<id>` or `bot:<id>`',
});

/** `delivered` and `failed` are final, until somebody asks for another delivery. */
export const DeliveryStatus = words('pending', 'waiting', 'delivered', 'failed');
export type DeliveryStatus = Static<typeof DeliveryStatus>;

const deliveryKeys = {
  id: Id,
  delivery_id: Type.String({ format: 'uuid', description: '`X-Chatwoot-Delivery` and `webhook-id`' }),
  endpoint: endpointKey,
  event: Type.String(),
  status: Type.Unsafe<DeliveryStatus>({
    type: 'string',
    enum: ['pending', 'waiting', 'delivered', 'failed'],
    description: '`waiting`: an earlier event of the conversation goes first',
  }),
  conversation_id: nullable(Type.Integer({ description: 'display id' })),
  message_id: nullable(Id),
  attempts: Type.Integer({ minimum: 0 }),
  response_status: nullable(Type.Integer({ description: 'of the last attempt' })),
  response_body: nullable(Type.String({ description: 'its beginning' })),
  error: nullable(Type.String({ description: 'why the last attempt failed' })),
  created_at: UnixSeconds,
  last_attempt_at: nullable(UnixSeconds),
  next_attempt_at: nullable(Type.Integer({ description: 'unix seconds; null also while it is being sent' })),
  settled_at: nullable(UnixSeconds),
};

/** One event for one receiver, with its last attempt. */
export const WebhookDelivery = named('WebhookDelivery', deliveryKeys);
export type WebhookDelivery = Static<typeof WebhookDelivery>;

/** With the body as it was sent; empty once its contact was erased. */
export const WebhookDeliveryWithPayload = named('WebhookDeliveryWithPayload', {
  ...deliveryKeys,
  payload: FreeForm,
});
export type WebhookDeliveryWithPayload = Static<typeof WebhookDeliveryWithPayload>;

/** A receiver and whether it answers. */
export const WebhookEndpoint = named('WebhookEndpoint', {
  endpoint: endpointKey,
  name: nullable(Type.String()),
  url: Type.String({ description: 'without credentials' }),
  state: Type.Unsafe<'ok' | 'failing' | 'resting' | 'disabled'>({
    type: 'string',
    enum: ['ok', 'failing', 'resting', 'disabled'],
    description:
      '`resting`: failed too often in a row and is tried again at `resting_until`; `disabled`: answered 410 Gone, until ' +
      'its address changes or a test reaches it',
  }),
  failures: Type.Integer({ minimum: 0, description: 'failed attempts since the last that succeeded' }),
  resting_until: nullable(UnixSeconds),
  last_success_at: nullable(UnixSeconds),
  last_failure_at: nullable(UnixSeconds),
  last_error: nullable(Type.String()),
  pending: Type.Integer({ minimum: 0, description: 'deliveries that are not settled, counted up to 10 000' }),
  lag: Type.Integer({
    minimum: 0,
    description:
      'seconds since the first due delivery was created, or was due again after an attempt; 0 when none is due',
  }),
});
export type WebhookEndpoint = Static<typeof WebhookEndpoint>;

export const agentWebhookDeliveries = endpoints({
  agentListWebhookEndpoints: {
    method: 'GET',
    path: `${accountPath}/webhook_endpoints`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'List everything that events are sent to, with its state',
    params: accountParams,
    returns: object({ payload: Type.Array(WebhookEndpoint) }),
  },
  agentListWebhookDeliveries: {
    method: 'GET',
    path: `${accountPath}/webhook_deliveries`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'List deliveries, newest first, 50 a page',
    description: 'The next page is `before` the last id of this one.',
    params: accountParams,
    query: fields({
      endpoint: Type.Optional(endpointKey),
      message_id: Type.Optional(Id),
      status: Type.Optional(DeliveryStatus),
      before: Type.Optional(idOf('only ids below')),
    }),
    returns: object({ payload: Type.Array(WebhookDelivery) }),
  },
  agentGetWebhookDelivery: {
    method: 'GET',
    path: `${accountPath}/webhook_deliveries/{id}`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'Read a delivery with its payload',
    params: recordParams,
    returns: WebhookDeliveryWithPayload,
  },
  agentReplayWebhookDelivery: {
    method: 'POST',
    path: `${accountPath}/webhook_deliveries/{id}/replay`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'Send a delivery again, under the same delivery id',
    description: 'All attempts start anew. One that waits for its next attempt is sent at once.',
    params: recordParams,
    returns: WebhookDelivery,
  },
  agentReplayWebhookDeliveries: {
    method: 'POST',
    path: `${accountPath}/webhook_deliveries/replay`,
    auth: 'administrator',
    inPieces: true,
    tag: 'Webhooks',
    summary: 'Send all deliveries of a span of time to an endpoint again',
    params: accountParams,
    body: fields({ endpoint: endpointKey, since: UnixSeconds, until: Type.Optional(UnixSeconds) }),
    returns: object({ count: Type.Integer({ minimum: 0 }) }),
  },
  agentTestWebhookEndpoint: {
    method: 'POST',
    path: `${accountPath}/webhook_deliveries/test`,
    auth: 'administrator',
    tag: 'Webhooks',
    summary: 'Send the event `webhook_test` to an endpoint, once',
    params: accountParams,
    body: fields({ endpoint: endpointKey }),
    returns: WebhookDelivery,
  },
});
