/** Webhooks: endpoint to verb. */
import type { agentWebhooks } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { createWebhook, deleteWebhook, listWebhooks, updateWebhook } from './webhooks.ts';

export const webhookRoutes: Routes<typeof agentWebhooks> = {
  agentListWebhooks: listWebhooks,
  agentCreateWebhook: createWebhook,
  agentUpdateWebhook: updateWebhook,
  agentDeleteWebhook: deleteWebhook,
};
