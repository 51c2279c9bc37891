/** The background work of a year: deliver to webhooks, delete old entries, index for the search. */
import { setTimeout as wait } from 'node:timers/promises';
import { agentApi, type WebhookSubscription } from '@hoory/contract';
import { openSearchIndex } from '../../db/search/search-index.ts';
import { pruneLog } from '../../events/prune.ts';
import type { Server } from '../../main.ts';
import { pruneDeliveries } from '../../webhooks/prune.ts';
import { find, numberAt } from './call.ts';
import type { Filling } from './conversation.ts';
import type { Site } from './site.ts';

/** Milliseconds. */
export const day = 86_400_000;

/** Steps between two rounds of deleting. */
const pruneEach = 20;
/**
 * Days before the end at which the webhooks are added. Settled deliveries are kept for a week, so earlier ones would be gone;
 * those to the dead endpoint stay.
 */
const answeringFor = 7;
const deadFor = 36;

/** Addresses that webhooks are sent to. */
export interface Receivers {
  answering: string;
  /** Answers 422 to every second delivery, which has failed then. */
  refusing: string;
  /** Nobody listens there. */
  refused: string;
}

export interface Upkeep {
  /** Before a step. @param daysLeft of the year */
  begin(daysLeft: number): Promise<void>;
  /** After a step, before the clock jumps: waits until every due delivery is settled, which a jump would repeat. */
  end(step: number): Promise<void>;
  /** Ids, once all were added. */
  webhooks(): Site['webhooks'];
}

interface Parts {
  server: Server;
  filling: Filling;
  receivers: Receivers;
}

export function openUpkeep({ server: { app }, filling, receivers }: Parts): Upkeep {
  const ids: Site['webhooks'] = { answering: 0, refusing: 0, dead: 0 };
  return {
    begin: async (daysLeft) => {
      if (daysLeft <= deadFor && !ids.dead)
        ids.dead = await addWebhook(filling, receivers.refused, 'message_created');
      if (daysLeft > answeringFor || ids.answering) return;
      const changes = [
        'conversation_created',
        'conversation_updated',
        'conversation_status_changed',
      ] as const;
      ids.answering = await addWebhook(filling, receivers.answering, 'message_created', ...changes);
      ids.refusing = await addWebhook(filling, receivers.refusing, 'conversation_status_changed');
    },
    end: async (step) => {
      while (ids.answering && (await countDue(filling, ids.dead))) await wait(20);
      if (step % pruneEach) return;
      await pruneLog(app.db, app.config.logKeep, app.now());
      await pruneDeliveries(app.db, app.config.logKeep, app.now());
    },
    webhooks: () => ids,
  };
}

/** @returns the id of the webhook */
async function addWebhook(
  { ask, account: { account_id, administrator } }: Filling,
  url: string,
  ...subscriptions: WebhookSubscription[]
): Promise<number> {
  const made = await ask(
    agentApi.agentCreateWebhook,
    { account_id, url, subscriptions },
    administrator.token,
  );
  return numberAt(made, 'payload', 'webhook', 'id');
}

/** Deliveries that wait, without those to the dead webhook. */
async function countDue(
  { ask, account: { account_id, administrator } }: Filling,
  deadId: number,
): Promise<number> {
  const answer = await ask(agentApi.agentListWebhookEndpoints, { account_id }, administrator.token);
  const endpoints = find(answer, 'payload');
  if (!Array.isArray(endpoints)) return 0;
  return endpoints
    .filter((endpoint) => find(endpoint, 'endpoint') !== `webhook:${deadId}`)
    .reduce<number>((sum, endpoint) => sum + numberAt(endpoint, 'pending'), 0);
}

/** Writes every complete block of the search index; the server does the same in the background. */
export async function indexAll({ app }: Server): Promise<void> {
  const index = openSearchIndex(app.db, { now: app.now, settleMs: 0 });
  while (await index.indexNextBlock());
}
