/** Whether a contact has a live socket, as agents see it beside the contact. */
import type { App } from '../app.ts';

/** Whether the contact has a live socket. Called before a transaction, which should wait for the database only. */
export async function contactAvailability(
  app: App,
  { account_id, id }: { account_id: number; id: number },
): Promise<'online' | 'offline'> {
  return (await app.presence.isOnline(account_id, 'contact', id)) ? 'online' : 'offline';
}
