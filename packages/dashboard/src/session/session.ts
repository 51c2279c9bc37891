/** Who is signed in on this device: kept in storage, checked at the start, followed by every tab. */
import {
  type AgentClient,
  createAgentClient,
  HooryError,
  type SignInHeaders,
  signIn as signInTo,
  type User,
} from '@hoory/client';
import { useSyncExternalStore } from 'react';
import { doNow, fetchToTheEnd } from './later.ts';
import { forgetOutbox, forgetPerson, remember, remembered } from './storage.ts';

export interface Session {
  headers: SignInHeaders;
  user: User;
  /** The account that the desk shows. */
  account_id: number;
}

const listeners = new Set<() => void>();
let session = read();

/** The server that serves this page. */
export const base = location.origin;

/** Typed calls as the signed-in agent. */
export const agent = createAgentClient({
  base,
  fetch: fetchToTheEnd,
  headers: () => ({ ...session?.headers }),
});

/**
 * Typed calls as one user, whoever is signed in by then: a call throws `HooryError` with the code `closed`, and sends
 * nothing, while somebody else or nobody is signed in.
 */
export const agentOf = (user_id: number): AgentClient =>
  createAgentClient({
    base,
    fetch: fetchToTheEnd,
    headers: () => {
      if (session?.user.id !== user_id) throw signedOut();
      return { ...session.headers };
    },
  });

/** The user of a queued call is not signed in any more. */
export const signedOut = (): HooryError => new HooryError('closed', 'You are signed out');

/** Undefined when nobody is signed in. */
export function useMaybeSession(): Session | undefined {
  return useSyncExternalStore(onSession, currentSession);
}

/** Inside the desk somebody always is. */
export function useSession(): Session {
  const found = useMaybeSession();
  if (!found) throw new Error('Nobody is signed in');
  return found;
}

/** For code outside of components; undefined when nobody is signed in. */
export const currentSession = (): Session | undefined => session;

/** Follows sign-in, sign-out and changes of account, also those of other tabs. */
export function onSession(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** The own membership of the account shown. */
export function useMembership(): User['accounts'][number] | undefined {
  const { user, account_id } = useSession();
  return user.accounts.find(({ id }) => id === account_id);
}

/** Hides what the server would refuse; the server decides all the same. */
export const useIsAdministrator = (): boolean => useMembership()?.role === 'administrator';

/** @throws HooryError, `unauthorized` for a wrong e-mail or password */
export async function signIn(email: string, password: string): Promise<void> {
  const { user, headers } = await signInTo({ base, email, password });
  begin(user, headers);
}

/** Takes a sign-in that came by another way: a password that was just set. */
export function begin(user: User, headers: SignInHeaders): void {
  const account_id = user.account_id ?? user.accounts[0]?.id;
  if (account_id === undefined) throw new HooryError('forbidden', 'You belong to no account');
  set({ headers, user, account_id });
}

/** Asks the server whether the kept sign-in still holds, and what has changed. Without a connection it stays. */
export async function validate(): Promise<void> {
  if (!session) return;
  try {
    const { payload } = await agent.call('GET /auth/validate_token');
    refresh(payload.data);
  } catch (error) {
    if (error instanceof HooryError && error.code === 'unauthorized') end();
  }
}

/** Shows what the profile says now. */
export function refresh(user: User): void {
  if (!session) return;
  const stays = user.accounts.some(({ id }) => id === session?.account_id);
  const account_id = stays ? session.account_id : user.accounts[0]?.id;
  if (account_id === undefined) end();
  else set({ ...session, user, account_id });
}

/** Shows another account of the user. What was about to be undone is done first. */
export function changeAccount(account_id: number): void {
  if (!session) return;
  void doNow();
  set({ ...session, account_id });
  // So that the next sign-in begins there; not worth a word when it fails.
  agent.call('PATCH /api/v1/profile/set_active_account', { account_id }).catch(() => undefined);
}

/** Ends the session and forgets the person on this device, with what they have not sent. */
export async function signOut(): Promise<void> {
  const user_id = session?.user.id;
  await doNow();
  await agent.call('DELETE /auth/sign_out').catch(() => undefined);
  end();
  if (user_id !== undefined) forgetOutbox(user_id);
}

/** The sign-in holds no longer. Messages on their way are kept: they go out when the same user signs in again. */
export function end(): void {
  forgetPerson();
  set(undefined);
}

function set(next: Session | undefined): void {
  session = next;
  remember('session', next && JSON.stringify(next));
  for (const changed of listeners) changed();
}

function read(): Session | undefined {
  try {
    const kept = JSON.parse(remembered('session') ?? 'null') as Session | null;
    return kept?.headers && kept.user && kept.account_id ? kept : undefined;
  } catch {
    return undefined;
  }
}

addEventListener('storage', ({ key }) => {
  if (key !== 'hoory.desk.session' && key !== null) return;
  session = read();
  for (const changed of listeners) changed();
});
