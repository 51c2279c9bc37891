/** Verbs of accounts and their wire shape (application-api.md sections 4.4 and 6.3). */
import type { Account, agentAccounts, CacheKeys, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { AccountRow } from '../db/tables.ts';
import { type FreeForm, readBase, readFreeForm, toFreeForm } from '../free-form.ts';
import { toIso } from '../time.ts';
import { cacheKeysOf } from './cache-keys.ts';
import { getAccount, lockAccount, updateAccountRow } from './store.ts';
import { toTimezone } from './time-zone.ts';

/** The account as its agents see it. */
export async function showAccount(_app: App, { account }: AgentCaller): Promise<Account> {
  return { ...toAccount(account), latest_chatwoot_version: null };
}

/**
 * Changes the fields that the input names. A blank or null setting or attribute is deleted; the account's row is locked, so that
 * two changes of its JSON columns cannot overwrite each other.
 * @throws invalid 422 on `timezone` for an unknown time zone, and on a JSON column beyond the bounds of the contract
 */
export async function updateAccount(
  app: App,
  { account }: AgentCaller,
  input: Input<(typeof agentAccounts)['agentUpdateAccount']>,
): Promise<Account> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const stored = await getAccount(tx, account.id);
    const changes = columnsOf(stored, input);
    await updateAccountRow(app, tx, account.id, changes);
    return toAccount({ ...stored, ...changes });
  });
}

/** The cache keys of the account's lists (cable.md section C.4). */
export async function showCacheKeys(_app: App, { account }: AgentCaller): Promise<{ cache_keys: CacheKeys }> {
  return { cache_keys: cacheKeysOf(account) };
}

/** Fields of the input that are stored in the column `settings`. */
const settings = [
  'auto_resolve_after',
  'auto_resolve_message',
  'auto_resolve_ignore_waiting',
  'auto_resolve_label',
  'audio_transcriptions',
  'keep_pending_on_bot_failure',
] as const;
/** Fields of the input that are stored in the column `custom_attributes`. */
const attributes = ['industry', 'company_size', 'timezone'] as const;

function columnsOf(
  stored: AccountRow,
  input: Input<(typeof agentAccounts)['agentUpdateAccount']>,
): Partial<AccountRow> {
  const { name, locale, domain, support_email } = input;
  if (input.timezone) toTimezone(input.timezone);
  return {
    ...(name !== undefined && { name: name.trim() }),
    ...(locale !== undefined && { locale }),
    ...(domain !== undefined && { domain: domain?.trim() || null }),
    ...(support_email !== undefined && { support_email: support_email?.trim() || null }),
    settings: toFreeForm('settings', mergeGivenKeys(stored.settings, settings, input)),
    custom_attributes: toFreeForm(
      'custom_attributes',
      mergeGivenKeys(stored.custom_attributes, attributes, input),
    ),
  };
}

/** The stored object with those of `keys` that the input has; a blank or null value deletes its key. */
function mergeGivenKeys<Key extends string>(
  stored: string,
  keys: readonly Key[],
  input: { [K in Key]?: unknown },
): FreeForm {
  const next = readBase(stored);
  for (const key of keys) {
    if (input[key] === undefined) continue;
    if (input[key] === null || input[key] === '') delete next[key];
    else next[key] = input[key];
  }
  return next;
}

/** Features of this server, by the names that Chatwoot's clients look for. */
const features = {
  agent_bots: true,
  agent_management: true,
  auto_resolve_conversations: true,
  canned_responses: true,
  crm: true,
  custom_attributes: true,
  inbox_management: true,
  inbox_view: true,
  labels: true,
  message_reply_to: true,
  reports: true,
  team_management: true,
};

function toAccount(account: AccountRow): Account {
  const custom_attributes = readFreeForm(account.custom_attributes);
  return {
    id: account.id,
    name: account.name,
    locale: account.locale,
    domain: account.domain,
    support_email: account.support_email,
    status: account.status,
    created_at: toIso(account.created_at),
    settings: readFreeForm(account.settings),
    features,
    cache_keys: cacheKeysOf(account),
    ...(Object.keys(custom_attributes).length && { custom_attributes }),
  };
}
