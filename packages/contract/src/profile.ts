/** The signed-in user's own profile (application-api.md section 4.1). */
import Type, { type Static } from 'typebox';
import { AccountStatus } from './accounts.ts';
import { Role } from './agents.ts';
import { endpoints } from './endpoint.ts';
import { FreeForm, Id, IsoTime, named, nullable } from './schema.ts';
import { Availability } from './senders.ts';

/** An account of the user and what the user is there. */
export const UserAccount = named('UserAccount', {
  id: Id,
  name: Type.String(),
  status: AccountStatus,
  active_at: nullable(IsoTime),
  role: Role,
  permissions: Type.Array(Type.String(), { description: '["administrator"] or ["agent"]' }),
  availability: Availability,
  availability_status: Availability,
  auto_offline: Type.Boolean(),
});
export type UserAccount = Static<typeof UserAccount>;

/** Keys of `User`; the answer to token validation adds to them. */
export const userKeys = {
  id: Id,
  uid: Type.String({ description: 'equals the e-mail' }),
  name: Type.String(),
  email: Type.String(),
  access_token: Type.String(),
  pubsub_token: Type.String(),
  account_id: nullable(Type.Integer({ description: 'account last marked active' })),
  role: nullable(Role),
  available_name: Type.String(),
  display_name: nullable(Type.String()),
  message_signature: nullable(Type.String()),
  inviter_id: nullable(Id),
  type: nullable(Type.String({ description: '`SuperAdmin` or null' })),
  avatar_url: Type.String({ description: 'address of the avatar, or ""' }),
  confirmed: Type.Boolean(),
  provider: Type.String(),
  ui_settings: FreeForm,
  custom_attributes: Type.Optional(FreeForm),
  hmac_identifier: Type.Optional(Type.String()),
  accounts: Type.Array(UserAccount),
};

export const User = named('User', userKeys);
export type User = Static<typeof User>;

export const profile = endpoints({
  getProfile: {
    method: 'GET',
    path: '/api/v1/profile',
    auth: 'user',
    tag: 'Profile',
    summary: 'Read the own profile',
    returns: User,
  },
  resetAccessToken: {
    method: 'POST',
    path: '/api/v1/profile/reset_access_token',
    auth: 'user',
    tag: 'Profile',
    summary: 'Replace the access token and the pubsub token',
    description: 'Closes the sockets that were opened with the old pubsub token.',
    returns: User,
  },
});
