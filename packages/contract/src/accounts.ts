/** Accounts: the tenants (application-api.md section 4.4). */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { FreeForm, Id, IsoTime, named, nullable, object, words } from './schema.ts';

/** Ten-digit unix seconds as text; each changes with the list behind it. */
export const CacheKeys = object({ label: Type.String(), inbox: Type.String(), team: Type.String() });
export type CacheKeys = Static<typeof CacheKeys>;

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

export const Account = named('Account', {
  ...core,
  latest_chatwoot_version: Type.Optional(nullable(Type.String({ description: 'on show only' }))),
});
export type Account = Static<typeof Account>;

export const agentAccounts = endpoints({
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
