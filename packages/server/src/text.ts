/** Text that somebody sent. What is compared is composed (NFC), so that what looks the same is the same; what is only shown stays as typed. */

/** Without blanks around it. */
export const toWord = (text: string): string => text.trim().normalize('NFC');

/** As `toWord`, in lower case: e-mail addresses, titles of labels, names of teams. */
export const toKey = (text: string): string => toWord(text).toLowerCase();

/**
 * The id of `before` in a query of the Client API (client-api.md 5.11): what is not a whole number counts as 0, blank is absent.
 */
export function toBefore(given: string | number | undefined): number | undefined {
  const text = String(given ?? '').trim();
  if (text === '') return undefined;
  return /^\d+$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : 0;
}

/**
 * What a string, a number or a boolean says; undefined for everything else. An object that came as JSON is never asked for
 * its text: its `toString` may be no function.
 */
export const findText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
