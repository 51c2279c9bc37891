/** Makes the event `presence.update` (cable.md B.4), for contacts and for agents. */
import type { App } from '../app.ts';
import type { PersonKind } from './local-people.ts';

/** The event as JSON text. Contacts never get other contacts (cable.md C.6). */
export async function presenceUpdate(app: App, account_id: number, audience: PersonKind): Promise<string> {
  const users = await usersOf(app, account_id);
  const data =
    audience === 'contact'
      ? { account_id, users }
      : { account_id, users, contacts: await contactsOf(app, account_id) };
  return JSON.stringify({ event: 'presence.update', data });
}

/** Users who are online, and users without `auto_offline`, each with the availability that they chose. */
async function usersOf(app: App, account_id: number): Promise<Record<string, string>> {
  const online = new Set(await app.presence.online(account_id, 'user'));
  const members = await app.db.all(
    app.db.q
      .selectFrom('account_users')
      .select(['user_id', 'availability', 'auto_offline'])
      .where('account_id', '=', account_id),
  );
  return Object.fromEntries(
    members
      .filter(({ user_id, auto_offline }) => !auto_offline || online.has(user_id))
      .map(({ user_id, availability }) => [String(user_id), availability]),
  );
}

async function contactsOf(app: App, account_id: number): Promise<Record<string, string>> {
  const ids = await app.presence.online(account_id, 'contact');
  return Object.fromEntries(ids.map((id) => [String(id), 'online']));
}
