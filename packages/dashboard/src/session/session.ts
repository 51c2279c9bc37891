/**
 * The signed-in user of this device. The session is kept in `localStorage`, so that it survives a reload; the server is
 * asked at the start whether it is still valid; all tabs share it through the `storage` event.
 */
import {
  type AgentClient,
  createAgentClient,
  HooryError,
  type SignInHeaders,
  signIn as signInTo,
  type User,
} from '@hoory/client';
import { useSyncExternalStore } from 'react';
import { isRecord } from '../json.ts';
import { fetchKeptAlive, runDeferred } from './deferred.ts';
import { clearOutbox, clearUserData, readStored, writeStored } from './storage.ts';

/** One sign-in. A change of any field replaces the whole object: components compare it by identity. */
export interface Session {
  headers: SignInHeaders;
  user: User;
  /** The account that the desk shows. */
  account_id: number;
}

const listeners = new Set<() => void>();
let session = readSession();

/** The server that serves this page. */
export const base = location.origin;

/** Typed calls as the user who is signed in at that moment. */
export const agent = createAgentClient({
  base,
  fetch: fetchKeptAlive,
  headers: () => ({ ...session?.headers }),
});

/**
 * Typed calls as one given user. While another user or nobody is signed in, a call sends nothing and throws `HooryError`
 * with the code `closed`. Queued messages and drafts use it, so that they never go out under another name.
 */
export const agentOf = (user_id: number): AgentClient =>
  createAgentClient({
    base,
    fetch: fetchKeptAlive,
    headers: () => {
      if (session?.user.id !== user_id) throw signedOutError();
      return { ...session.headers };
    },
  });

/** The error of a call whose user is no longer signed in. */
export const signedOutError = (): HooryError => new HooryError('closed', 'You are signed out');

/** Undefined when nobody is signed in. */
export function useMaybeSession(): Session | undefined {
  return useSyncExternalStore(onSession, currentSession);
}

/** The session inside the desk, where somebody is always signed in. Throws elsewhere. */
export function useSession(): Session {
  const found = useMaybeSession();
  if (!found) throw new Error('Nobody is signed in');
  return found;
}

/** For code outside of components; undefined when nobody is signed in. */
export const currentSession = (): Session | undefined => session;

/** Calls `changed` at sign-in, sign-out and a change of account, also when another tab does it. @returns a function that stops this */
export function onSession(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** The user's membership of the account that is shown: role and availability differ between accounts. */
export function useMembership(): User['accounts'][number] | undefined {
  const { user, account_id } = useSession();
  return user.accounts.find(({ id }) => id === account_id);
}

/** For hiding controls that the server would refuse. It protects nothing: the server checks every request. */
export const useIsAdministrator = (): boolean => useMembership()?.role === 'administrator';

/** Signs in and opens the desk. @throws HooryError, `unauthorized` for a wrong e-mail or password */
export async function signIn(email: string, password: string): Promise<void> {
  const { user, headers } = await signInTo({ base, email, password });
  startSession(user, headers);
}

/** Takes over a sign-in that another call returned, for example the one that sets a new password. @throws HooryError when the user has no account */
export function startSession(user: User, headers: SignInHeaders): void {
  const account_id = user.account_id ?? user.accounts[0]?.id;
  if (account_id === undefined) throw new HooryError('forbidden', 'You belong to no account');
  set({ headers, user, account_id });
}

/** Checks the stored session with the server and takes over a changed profile. A network failure keeps the session. */
export async function validateSession(): Promise<void> {
  if (!session) return;
  try {
    const { payload } = await agent.call('GET /auth/validate_token');
    updateUser(payload.data);
  } catch (error) {
    if (error instanceof HooryError && error.code === 'unauthorized') endSession();
  }
}

/** Replaces the user after a change of the profile. Ends the session when the user has no account left. */
export function updateUser(user: User): void {
  if (!session) return;
  const stays = user.accounts.some(({ id }) => id === session?.account_id);
  const account_id = stays ? session.account_id : user.accounts[0]?.id;
  if (account_id === undefined) endSession();
  else set({ ...session, user, account_id });
}

/** Shows another account of the user. Deferred requests belong to the old account, so they are sent before. */
export function changeAccount(account_id: number): void {
  if (!session) return;
  void runDeferred();
  set({ ...session, account_id });
  // The server opens the next sign-in in this account. A failure does not matter now, so it is not reported.
  agent.call('PATCH /api/v1/profile/set_active_account', { account_id }).catch(() => undefined);
}

/** Signs out and deletes what this device stores of the user, unsent messages included. */
export async function signOut(): Promise<void> {
  const user_id = session?.user.id;
  await runDeferred();
  await agent.call('DELETE /auth/sign_out').catch(() => undefined);
  endSession();
  if (user_id !== undefined) clearOutbox(user_id);
}

/** Ends a session that the server no longer accepts. Unsent messages stay stored and go out when the same user signs in again. */
export function endSession(): void {
  clearUserData();
  set(undefined);
}

function set(next: Session | undefined): void {
  session = next;
  writeStored('session', next && JSON.stringify(next));
  for (const changed of listeners) changed();
}

function readSession(): Session | undefined {
  try {
    const stored: unknown = JSON.parse(readStored('session') ?? 'null');
    return isSession(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Checks only that the parts are there: the storage is the desk's own, and the server validates the rest at the start. */
function isSession(value: unknown): value is Session {
  return isRecord(value) && Boolean(value.headers && value.user && value.account_id);
}

// Another tab has signed in or out. A null key means that the whole storage was cleared.
addEventListener('storage', ({ key }) => {
  if (key !== 'hoory.desk.session' && key !== null) return;
  session = readSession();
  for (const changed of listeners) changed();
});
