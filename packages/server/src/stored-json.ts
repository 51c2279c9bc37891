/** Reads JSON columns whose shape the server chooses; `free-form.ts` reads objects with keys of the caller. */

/** A column with a list of texts, such as labels, flags or subscriptions. Items that are not text are left out. */
export function readWords(json: string): string[] {
  if (json === '[]') return [];
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter((word) => typeof word === 'string') : [];
}

/** A column with a small object whose keys the server chooses; `{}` for any other JSON. */
export function readObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
