/**
 * Texts and questions as the search knows them. A text is folded and cut at its blanks into parts. Each symbol of a part begins a
 * gram of three symbols, or fewer at the part's end: three symbols or more of a part are found by their grams, one or two as
 * the beginning of grams.
 */
import { fold } from '../../fold.ts';

/** Symbols of a gram. */
export const gramSize = 3;

/** Words of a question that count, and grams of each word that are looked up: more only slow it down. */
const mostWords = 12;
const mostGrams = 8;

/** Digits with single signs between them, as people write telephone numbers. */
const spacedNumber = /\d(?:[ ()./-]{0,3}\d){4,24}/g;

/** A text as it is searched: folded, and followed by its spaced numbers as digits alone. */
export function toSearchableText(text: string): string {
  const folded = fold(text);
  const numbers = (folded.match(spacedNumber) ?? []).filter((number) => /\D/.test(number));
  return numbers.length ? `${folded} ${numbers.map(digitsOf).join(' ')}` : folded;
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Ways to say what is looked for: a text says it when it contains all words of one of them. */
export type SearchQuery = readonly (readonly string[])[];

/**
 * The words of `text`, without punctuation around them. A spaced number also means its digits, without the zeros that only
 * callers within its country dial. Empty when there are no words.
 */
export function parseSearchQuery(text: string): SearchQuery {
  const folded = fold(text);
  const words = [...new Set(folded.split(' ').map(withoutPunctuation).filter(Boolean))].slice(0, mostWords);
  if (!words.length) return [];
  const number = /^[\d ()./+-]+$/.test(folded) ? digitsOf(folded).replace(/^0+/, '') : '';
  return number.length < 4 || (words.length === 1 && words[0] === number) ? [words] : [words, [number]];
}

const withoutPunctuation = (word: string) => word.replace(/^\p{P}+|\p{P}+$/gu, '');

/** @param text as `searchable` made it */
export const matches = (text: string, question: SearchQuery): boolean =>
  question.some((words) => words.every((word) => text.includes(word)));

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

/** What a word is looked up by: whole grams that must all be there, or the beginning of any. */
export type GramLookup = { grams: readonly string[] } | { prefix: string };

export function toGramLookup(word: string): GramLookup {
  const symbols = [...word];
  if (symbols.length < gramSize) return { prefix: word };
  const starts = symbols.length - gramSize + 1;
  const count = Math.min(starts, mostGrams);
  // Spread over the word, its first and last among them.
  const places = Array.from({ length: count }, (_, index) =>
    Math.round((index * (starts - 1)) / Math.max(count - 1, 1)),
  );
  return { grams: [...new Set(places.map((start) => slice(symbols, start)))] };
}
