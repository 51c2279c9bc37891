/** What this device remembers between visits. A browser that allows no storage forgets; nothing breaks. */

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

export function remembered(key: Key): string | undefined {
  try {
    return localStorage.getItem(`hoory.desk.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: Key, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`hoory.desk.${key}`);
    else localStorage.setItem(`hoory.desk.${key}`, value);
  } catch {
    // Private windows of some browsers refuse; the desk works without.
  }
}

/** Where the messages that one user has sent wait for the server. */
export const outboxPrefix = (user_id: number): string => `hoory.desk.outbox:${user_id}:`;

/** Deletes the sign-in and the drafts of the person; language and theme stay. */
export function forgetPerson(): void {
  forget((name) => /^hoory\.desk\.(session|account|draft:)/.test(name));
}

/** Deletes the messages of a user that were not sent. */
export function forgetOutbox(user_id: number): void {
  forget((name) => name.startsWith(outboxPrefix(user_id)));
}

function forget(isForgotten: (name: string) => boolean): void {
  try {
    for (const name of Object.keys(localStorage)) if (isForgotten(name)) localStorage.removeItem(name);
  } catch {
    // As above.
  }
}
