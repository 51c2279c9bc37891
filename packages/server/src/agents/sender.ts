/** A user as the sender of a message, the assignee of a conversation or the cause of an event (cable.md section C.2). */
import type { EventUser } from '@hoory/contract';
import type { UserRow } from '../db/tables.ts';

/** The columns of a user that others see. */
export type NamedUser = Pick<UserRow, 'id' | 'name' | 'display_name' | 'avatar_url'>;

/** Availability is null: it depends on account and time, but this object is stored once for all readers (client-api.md 2.6). */
export function toEventUser(user: NamedUser): EventUser {
  return {
    id: user.id,
    name: user.name,
    available_name: user.display_name || user.name,
    avatar_url: user.avatar_url ?? '',
    type: 'user',
    availability_status: null,
    thumbnail: user.avatar_url ?? '',
  };
}
