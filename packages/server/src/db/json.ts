/** Lists of texts that the server wrote as JSON into a column. Free-form objects are read by `free-form.ts`. */
export const parseTexts = (text: string): string[] => (text === '[]' ? [] : (JSON.parse(text) as string[]));
