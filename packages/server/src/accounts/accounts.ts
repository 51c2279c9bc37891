/** Verbs of accounts, and their way to the wire (application-api.md sections 4.4 and 6.3). */
import type { Account } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { AccountRow } from '../db/tables.ts';
import { toIso } from '../time.ts';
import { cacheKeysOf } from './cache-keys.ts';

export async function showAccount(_app: App, { account }: AgentCaller): Promise<Account> {
  return { ...toAccount(account), latest_chatwoot_version: null };
}

/** What this server can do, in the words of the reference's feature list. */
const features = { agent_management: true, custom_attributes: true, inbox_management: true };

function toAccount(account: AccountRow): Account {
  const custom_attributes = JSON.parse(account.custom_attributes) as Record<string, unknown>;
  return {
    id: account.id,
    name: account.name,
    locale: account.locale,
    domain: account.domain,
    support_email: account.support_email,
    status: account.status as Account['status'],
    created_at: toIso(account.created_at),
    settings: JSON.parse(account.settings) as Record<string, unknown>,
    features,
    cache_keys: cacheKeysOf(account),
    ...(Object.keys(custom_attributes).length && { custom_attributes }),
  };
}
