/**
 * Settings and drafts that this device keeps in `localStorage` under `hoory.desk.`. A browser that refuses storage (private
 * window, full disk) makes reads return undefined and writes do nothing: the desk works without.
 */

/** Every key in use, so that a mistyped one does not compile. */
const keys = [
  'session',
  'language',
  'theme',
  'account',
  'sounds',
  'sendWith',
  'contactPane',
  'listSort',
  'alerts',
] as const;
type Key = (typeof keys)[number] | `draft:${string}`;

/** The stored text, or undefined when there is none or the storage is refused. */
export function readStored(key: Key): string | undefined {
  try {
    return localStorage.getItem(`hoory.desk.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a text; undefined deletes it. */
export function writeStored(key: Key, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`hoory.desk.${key}`);
    else localStorage.setItem(`hoory.desk.${key}`, value);
  } catch {
    // Some browsers throw in a private window.
  }
}

/** Prefix of the keys of one user's outbox: each user of a shared device has a separate queue. */
export const outboxPrefix = (user_id: number): string => `hoory.desk.outbox:${user_id}:`;

/** Deletes session and drafts of the user. Language, theme and other settings of the device stay. */
export function clearUserData(): void {
  forget((name) => /^hoory\.desk\.(session|account|draft:)/.test(name));
}

/** Deletes the unsent messages of a user. */
export function clearOutbox(user_id: number): void {
  forget((name) => name.startsWith(outboxPrefix(user_id)));
}

function forget(isForgotten: (name: string) => boolean): void {
  try {
    for (const name of Object.keys(localStorage)) if (isForgotten(name)) localStorage.removeItem(name);
  } catch {
    // The storage is refused, so nothing is stored.
  }
}
