/** Availability of agents as others see it (application-api.md section 4.1). */
import type { UserAccount } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountUserRow } from '../db/tables.ts';

type Availability = UserAccount['availability'];

/** Ids of users with a live socket, by account. Read before a transaction, which should wait for the database only. */
export type OnlineUsers = ReadonlyMap<number, ReadonlySet<number>>;

/** Reads who is online in each of these accounts. */
export async function readOnline(app: App, account_ids: readonly number[]): Promise<OnlineUsers> {
  const online = new Map<number, ReadonlySet<number>>();
  for (const id of account_ids) online.set(id, new Set(await app.presence.online(id, 'user')));
  return online;
}

export type MemberPresence = Pick<AccountUserRow, 'account_id' | 'user_id' | 'availability' | 'auto_offline'>;

/** The availability that the agent chose; with `auto_offline`, `offline` while the agent has no live socket. */
export function availabilityOf(member: MemberPresence, online: OnlineUsers): Availability {
  const isConnected = online.get(member.account_id)?.has(member.user_id) ?? false;
  return member.auto_offline && !isConnected ? 'offline' : member.availability;
}
