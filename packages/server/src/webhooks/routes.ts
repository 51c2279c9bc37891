/** Webhooks and their deliveries: endpoint to verb. */
import type { agentWebhookDeliveries, agentWebhooks } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import {
  listDeliveries,
  listEndpoints,
  replayDeliveries,
  replayDelivery,
  showDelivery,
  testEndpoint,
} from './ledger.ts';
import { createWebhook, deleteWebhook, listWebhooks, updateWebhook } from './webhooks.ts';

export const webhookRoutes: Routes<typeof agentWebhooks & typeof agentWebhookDeliveries> = {
  agentListWebhooks: listWebhooks,
  agentCreateWebhook: createWebhook,
  agentUpdateWebhook: updateWebhook,
  agentDeleteWebhook: deleteWebhook,
  agentListWebhookEndpoints: listEndpoints,
  agentListWebhookDeliveries: listDeliveries,
  agentGetWebhookDelivery: showDelivery,
  agentReplayWebhookDelivery: replayDelivery,
  agentReplayWebhookDeliveries: replayDeliveries,
  agentTestWebhookEndpoint: testEndpoint,
};
