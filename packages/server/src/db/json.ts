/** JSON kept as text in a column. Most objects are empty, and what is empty needs no parser. */
export const parseObject = (text: string): Record<string, unknown> =>
  text === '{}' ? {} : (JSON.parse(text) as Record<string, unknown>);

export const parseTexts = (text: string): string[] => (text === '[]' ? [] : (JSON.parse(text) as string[]));
