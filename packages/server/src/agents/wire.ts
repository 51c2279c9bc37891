/** Wire shapes of users: an agent of an account, the own profile (application-api.md sections 4.1, 4.2). */
import type { Agent, User, UserAccount } from '@hoory/contract';
import type { UserRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { toIsoOrNull } from '../time.ts';
import { availabilityOf, type OnlineUsers } from './presence.ts';
import type { MemberRow, MembershipRow } from './store.ts';

type Names = Pick<UserRow, 'name' | 'display_name'>;

/** The display name if set, else the name. */
export const availableName = ({ name, display_name }: Names): string => display_name || name;

/** `custom_attributes` is absent from the wire when it is empty. */
function attributesOf(text: string): { custom_attributes?: Record<string, unknown> } {
  const custom_attributes = readFreeForm(text);
  return Object.keys(custom_attributes).length ? { custom_attributes } : {};
}

/** @param online from `readOnline`, for this account */
export function toAgent(member: MemberRow, online: OnlineUsers): Agent {
  return {
    id: member.id,
    account_id: member.account_id,
    availability_status: availabilityOf(member, online),
    auto_offline: member.auto_offline === 1,
    confirmed: member.confirmed === 1,
    email: member.email,
    provider: 'email',
    available_name: availableName(member),
    ...attributesOf(member.custom_attributes),
    name: member.name,
    role: member.role,
    thumbnail: member.avatar_url ?? '',
  };
}

/** The own profile. It contains the user's tokens: answer it to that user only. */
export function toUser(user: UserRow, memberships: readonly MembershipRow[], online: OnlineUsers): User {
  const [active] = memberships;
  return {
    id: user.id,
    uid: user.email,
    name: user.name,
    email: user.email,
    access_token: user.access_token,
    pubsub_token: user.pubsub_token,
    account_id: active?.account_id ?? null,
    role: active?.role ?? null,
    available_name: availableName(user),
    display_name: user.display_name,
    message_signature: user.message_signature,
    inviter_id: active?.inviter_id ?? null,
    type: null,
    avatar_url: user.avatar_url ?? '',
    confirmed: user.confirmed === 1,
    provider: 'email',
    ui_settings: readFreeForm(user.ui_settings),
    ...attributesOf(user.custom_attributes),
    accounts: memberships.map((membership) => toUserAccount(membership, online)),
  };
}

function toUserAccount(membership: MembershipRow, online: OnlineUsers): UserAccount {
  const { role } = membership;
  return {
    id: membership.account_id,
    name: membership.name,
    status: membership.status,
    active_at: toIsoOrNull(membership.active_at),
    role,
    permissions: [role],
    availability: membership.availability,
    availability_status: availabilityOf(membership, online),
    auto_offline: membership.auto_offline === 1,
  };
}
