/** The webhooks of a measured account, over its API. */
import { agentApi, type Endpoint, type Input } from '@hoory/contract';
import { find, numberAt, toCall } from './growth/call.ts';

export interface WebhookAccount {
  /** Address of the server. */
  url: string;
  account_id: number;
  access_token: string;
}

/** Adds a webhook for messages at each address. @returns their ids */
export async function addWebhooks(account: WebhookAccount, urls: readonly string[]): Promise<number[]> {
  const { account_id } = account;
  const ids: number[] = [];
  for (const url of urls) {
    const input = { account_id, url, subscriptions: ['message_created' as const] };
    ids.push(numberAt(await ask(account, agentApi.agentCreateWebhook, input), 'payload', 'webhook', 'id'));
  }
  return ids;
}

export async function removeWebhooks(account: WebhookAccount): Promise<void> {
  const { account_id } = account;
  const list = find(await ask(account, agentApi.agentListWebhooks, { account_id }), 'payload', 'webhooks');
  for (const webhook of Array.isArray(list) ? list : [])
    await ask(account, agentApi.agentDeleteWebhook, { account_id, id: numberAt(webhook, 'id') });
}

async function ask<E extends Endpoint>(
  { url, access_token }: WebhookAccount,
  endpoint: E,
  input: Input<E> & object,
): Promise<unknown> {
  const { path, ...request } = toCall(endpoint, input, access_token);
  const answer = await fetch(url + path, request);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${endpoint.method} ${path} was answered ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}
