/** Whether the desk should open with the first run: for administrators, while nobody has written yet. */
import { api } from '../api/api.ts';
import { currentSession } from '../session/session.ts';

/** True for administrators of an account without conversations. When the request fails, the desk opens as usual. */
export async function isFreshAccount(): Promise<boolean> {
  const session = currentSession();
  const membership = session?.user.accounts.find(({ id }) => id === session.account_id);
  if (membership?.role !== 'administrator') return false;
  try {
    const { meta } = await api('GET /conversations/meta', { status: 'all' });
    return meta.all_count === 0;
  } catch {
    return false;
  }
}
