/** Values of custom attributes as text that people edit, and back. */

export const toText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Numbers, truth values and structures stay what they were, where the text still reads as one. */
export function toValue(text: string, before: unknown): unknown {
  if (before === undefined || before === null || typeof before === 'string') return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === typeof before ? value : text;
  } catch {
    return text;
  }
}
