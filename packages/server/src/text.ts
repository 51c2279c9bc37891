/**
 * Normal forms of text from users. Text that is compared is composed (NFC), so that é equals e with an accent; other text is kept
 * as sent.
 */

/** Trimmed and composed (NFC). */
export const toWord = (text: string): string => text.trim().normalize('NFC');

/** Like `toWord`, in lower case: e-mail addresses, titles of labels, names of teams. */
export const toKey = (text: string): string => toWord(text).toLowerCase();

/**
 * The id of `before` in a query of the client API (client-api.md 5.11): undefined for a blank one, 0 for anything but digits.
 */
export function toBefore(given: string | number | undefined): number | undefined {
  const text = String(given ?? '').trim();
  if (text === '') return undefined;
  return /^\d+$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : 0;
}

/**
 * The text of a string, number or boolean; undefined for any other value. `String` would throw for an object from JSON whose
 * `toString` is not a function.
 */
export const findText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
