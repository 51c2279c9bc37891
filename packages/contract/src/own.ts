/** The entry of a table under a word of a request. Words that every object inherits, such as `constructor`, are in no table. */
export const own = <Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
