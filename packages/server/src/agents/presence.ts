/** What others see of an agent's availability (application-api.md section 4.1). */
import type { UserAccount } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountUserRow } from '../db/tables.ts';

type Availability = UserAccount['availability'];

/** Users with a live socket, by account. Read before a transaction, which waits for nothing but the database. */
export type OnlineUsers = ReadonlyMap<number, ReadonlySet<number>>;

export async function readOnline(app: App, account_ids: readonly number[]): Promise<OnlineUsers> {
  const online = new Map<number, ReadonlySet<number>>();
  for (const id of account_ids) online.set(id, new Set(await app.presence.online(id, 'user')));
  return online;
}

export type MemberPresence = Pick<AccountUserRow, 'account_id' | 'user_id' | 'availability' | 'auto_offline'>;

/** The word that the agent chose; whoever goes offline by itself is offline without a live socket. */
export function availabilityOf(member: MemberPresence, online: OnlineUsers): Availability {
  const isSeen = online.get(member.account_id)?.has(member.user_id) ?? false;
  return member.auto_offline && !isSeen ? 'offline' : member.availability;
}
