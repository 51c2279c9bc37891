/** JSON columns of a known shape, as the server itself has written them. Objects with keys of the caller: `free-form.ts`. */

/** A column with a list of words, such as flags or subscriptions. */
export function readWords(json: string): string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter((word) => typeof word === 'string') : [];
}

/** A column with a small object whose keys the server chooses. */
export function readObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
