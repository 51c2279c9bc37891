/**
 * An account is a tenant: its agents, inboxes and customers see nothing of another account (application-api.md section 4.4).
 * Endpoints: section 6.3. The event `account.cache_invalidated` carries its `cache_keys`.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import {
  Email,
  FilledText,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  object,
  ShortText,
  shortText,
  words,
} from './schema.ts';

/** Ten-digit unix seconds as text; each changes with the list behind it. */
export const CacheKeys = named('CacheKeys', {
  label: Type.String(),
  inbox: Type.String(),
  team: Type.String(),
});
export type CacheKeys = Static<typeof CacheKeys>;

/** The agents of a suspended account cannot use it. */
export const AccountStatus = words('active', 'suspended');
export type AccountStatus = Static<typeof AccountStatus>;

const core = {
  id: Id,
  name: Type.String(),
  locale: Type.String(),
  domain: nullable(Type.String()),
  support_email: nullable(Type.String()),
  status: AccountStatus,
  created_at: IsoTime,
  settings: FreeForm,
  features: Type.Unsafe<Record<string, boolean>>({
    type: 'object',
    additionalProperties: { type: 'boolean' },
    description: 'names only what is enabled',
  }),
  cache_keys: CacheKeys,
  custom_attributes: Type.Optional(FreeForm),
};

/** As its agents see it; `settings` and `features` are read by the screens. */
export const Account = named('Account', {
  ...core,
  latest_chatwoot_version: Type.Optional(nullable(Type.String({ description: 'on show only' }))),
});
export type Account = Static<typeof Account>;

const text = Type.Optional(nullable(ShortText));
const flag = Type.Optional(nullable(Type.Boolean()));

const settings = {
  auto_resolve_after: Type.Optional(
    nullable(
      Type.Integer({
        minimum: 10,
        maximum: 1_439_856,
        description: 'minutes without activity after which open conversations are resolved; null never',
      }),
    ),
  ),
  auto_resolve_message: Type.Optional(
    nullable(Type.String({ maxLength: 10_000, description: 'sent to the customer when that happens' })),
  ),
  auto_resolve_ignore_waiting: Type.Optional(
    nullable(Type.Boolean({ description: 'conversations in which the customer waits are left open' })),
  ),
  auto_resolve_label: text,
  audio_transcriptions: flag,
  keep_pending_on_bot_failure: Type.Optional(
    nullable(
      Type.Boolean({
        description:
          'what a bot does not take, or leaves behind, stays pending instead of opening for people',
      }),
    ),
  ),
};

/** Show and change the account; mark it active for the caller. */
export const agentAccounts = endpoints({
  agentUpdateAccount: {
    method: 'PATCH',
    path: accountPath,
    auth: 'administrator',
    tag: 'Account',
    summary: 'Change the account and its settings',
    params: accountParams,
    body: fields({
      name: Type.Optional(FilledText),
      locale: Type.Optional(Type.String({ maxLength: 16, pattern: '^[A-Za-z]{2,3}([_-][A-Za-z]{2,4})?$' })),
      domain: text,
      support_email: Type.Optional(nullable(Email)),
      ...settings,
      industry: text,
      company_size: text,
      timezone: Type.Optional(
        nullable(
          shortText(
            'IANA name of the zone whose days filters on dates mean; without one they are those of UTC',
          ),
        ),
      ),
    }),
    returns: Account,
  },
  agentGetCacheKeys: {
    method: 'GET',
    path: `${accountPath}/cache_keys`,
    auth: 'agent',
    tag: 'Account',
    summary: 'Read since when the lists of the account are as they are',
    params: accountParams,
    returns: object({ cache_keys: CacheKeys }),
  },
  agentGetAccount: {
    method: 'GET',
    path: accountPath,
    auth: 'agent',
    tag: 'Account',
    summary: 'Read the account',
    params: accountParams,
    returns: Account,
  },
});
