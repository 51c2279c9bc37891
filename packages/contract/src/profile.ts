/**
 * The signed-in user, with tokens and accounts (application-api.md sections 4.1 and 6.2). The profile answers the user flat;
 * sign-in and its validation have the same keys under `data`.
 */
import Type, { type Static } from 'typebox';
import { AccountStatus } from './accounts.ts';
import { AvailabilityInput, Role } from './agents.ts';
import { endpoints } from './endpoint.ts';
import {
  Email,
  FilledText,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  Secret,
  ShortText,
} from './schema.ts';
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

/** The caller, with secrets of their own. */
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
  setAvailability: {
    method: 'POST',
    path: '/api/v1/profile/availability',
    auth: 'user',
    root: 'profile',
    tag: 'Profile',
    summary: 'Say whether you are there, in one account',
    body: fields({ account_id: Id, availability: AvailabilityInput }),
    returns: User,
  },
  setAutoOffline: {
    method: 'POST',
    path: '/api/v1/profile/auto_offline',
    auth: 'user',
    root: 'profile',
    tag: 'Profile',
    summary: 'Choose whether you are shown as offline without a live socket, in one account',
    body: fields({ account_id: Id, auto_offline: Type.Boolean() }),
    returns: User,
  },
  setActiveAccount: {
    method: 'PATCH',
    path: '/api/v1/profile/set_active_account',
    auth: 'user',
    root: 'profile',
    tag: 'Profile',
    summary: 'Mark an account as the one you work in',
    body: fields({ account_id: Id }),
    returns: null,
  },
});

/** Served where passwords are. */
export const profilePassword = endpoints({
  updateProfile: {
    method: 'PATCH',
    path: '/api/v1/profile',
    auth: 'user',
    root: 'profile',
    tag: 'Profile',
    summary: 'Change the own profile',
    description:
      'A new password needs the current one: 6 to 128 characters with an upper case letter, a lower case letter, a digit ' +
      'and a special character. It ends all sign-ins but the newest, replaces the pubsub token and closes its sockets. ' +
      'A new e-mail holds once it is confirmed by the link that is sent to it; on a server without mail it holds at once, and ' +
      'needs the current password.',
    body: fields({
      name: Type.Optional(FilledText),
      display_name: Type.Optional(nullable(ShortText)),
      email: Type.Optional(Email),
      message_signature: Type.Optional(nullable(Type.String({ maxLength: 10_000 }))),
      ui_settings: Type.Optional(FreeForm),
      phone_number: Type.Optional(nullable(ShortText)),
      current_password: Type.Optional(Secret),
      password: Type.Optional(Secret),
      password_confirmation: Type.Optional(Secret),
    }),
    files: { avatar: 1 },
    returns: User,
  },
  deleteAvatar: {
    method: 'DELETE',
    path: '/api/v1/profile/avatar',
    auth: 'user',
    tag: 'Profile',
    summary: 'Remove the own picture',
    returns: User,
  },
});
