/**
 * What a table holds under a word that somebody sent. Words such as `constructor` and `__proto__`, which every object
 * inherits, are in no table.
 */
export const own = <Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
