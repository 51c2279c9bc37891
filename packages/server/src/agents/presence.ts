/** What others see of an agent's availability (application-api.md section 4.1). */
import type { UserAccount } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountUserRow } from '../db/tables.ts';

type Availability = UserAccount['availability'];

export type Present = Pick<AccountUserRow, 'account_id' | 'availability' | 'auto_offline'> & {
  user_id: number;
};

/** The word that the agent chose; whoever goes offline by itself is offline while no socket of theirs is known. */
export function availabilityOf(_app: App, member: Present): Availability {
  return member.auto_offline ? 'offline' : (member.availability as Availability);
}
