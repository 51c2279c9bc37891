/**
 * Grams of texts and queries. A text is folded and split at its blanks into parts. Each symbol (code point) of a part begins a gram
 * of three symbols, or fewer at the end of the part. So words of three or more symbols are found by their grams, shorter ones as
 * prefix of grams.
 */
import { fold } from '../../fold.ts';

/** Symbols of a gram. */
export const gramSize = 3;

/** Words of a query, and grams of each word that are looked up: more of them find hardly fewer candidates, but cost time. */
const maxWords = 12;
const maxGrams = 8;

/** Digits with up to three blanks or signs between them, as in telephone numbers. */
const spacedNumber = /\d(?:[ ()./-]{0,3}\d){4,24}/g;

/** A text as it is searched: folded, and followed by the digits of its spaced numbers. */
export function toSearchableText(text: string): string {
  const folded = fold(text);
  const numbers = (folded.match(spacedNumber) ?? []).filter((number) => /\D/.test(number));
  return numbers.length ? `${folded} ${numbers.map(digitsOf).join(' ')}` : folded;
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Alternatives, each a list of words: a text matches when it contains all words of one alternative. */
export type SearchQuery = readonly (readonly string[])[];

/**
 * The query of a user's text: its words without surrounding punctuation. A number with spaces has its digits as second alternative,
 * without leading zeros, which are dialled within a country only. Empty for a text without words.
 */
export function parseSearchQuery(text: string): SearchQuery {
  const folded = fold(text);
  const words = [...new Set(folded.split(' ').map(withoutPunctuation).filter(Boolean))].slice(0, maxWords);
  if (!words.length) return [];
  const number = /^[\d ()./+-]+$/.test(folded) ? digitsOf(folded).replace(/^0+/, '') : '';
  return number.length < 4 || (words.length === 1 && words[0] === number) ? [words] : [words, [number]];
}

const withoutPunctuation = (word: string) => word.replace(/^\p{P}+|\p{P}+$/gu, '');

/** Whether the text matches the query. @param text as `toSearchableText` returns it */
export const matches = (text: string, query: SearchQuery): boolean =>
  query.some((words) => words.every((word) => text.includes(word)));

/** The grams of a part of a searchable text. */
export function toGrams(part: string): string[] {
  const symbols = isOfUnits(part) ? part : [...part];
  return Array.from({ length: symbols.length }, (_, start) => slice(symbols, start));
}

/** Whether each symbol is one unit of UTF-16. */
const isOfUnits = (text: string) => !/[\uD800-\uDFFF]/.test(text);

const slice = (symbols: string | readonly string[], start: number): string =>
  typeof symbols === 'string'
    ? symbols.slice(start, start + gramSize)
    : symbols.slice(start, start + gramSize).join('');

/** How a word is looked up: by grams that a row must all have, or by the prefix of a gram. */
export type GramLookup = { grams: readonly string[] } | { prefix: string };

/** The lookup of a word of a query. */
export function toGramLookup(word: string): GramLookup {
  const symbols = [...word];
  if (symbols.length < gramSize) return { prefix: word };
  const starts = symbols.length - gramSize + 1;
  const count = Math.min(starts, maxGrams);
  // Grams at even distances, with the first and the last one of the word.
  const chosen = Array.from({ length: count }, (_, index) =>
    Math.round((index * (starts - 1)) / Math.max(count - 1, 1)),
  );
  return { grams: [...new Set(chosen.map((start) => slice(symbols, start)))] };
}
