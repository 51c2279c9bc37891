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

/** Deletes everything of the person who signed out, drafts included; language and theme stay. */
export function forgetPerson(): void {
  try {
    for (const name of Object.keys(localStorage))
      if (/^hoory\.desk\.(session|account|draft:)/.test(name)) localStorage.removeItem(name);
  } catch {
    // As above.
  }
}
