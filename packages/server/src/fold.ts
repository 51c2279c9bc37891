/**
 * Folds text that is searched, sorted or compared without regard to spelling. It runs in the server only, so that results are the
 * same on both databases:
 *
 * - Case, width, ligatures and other compatibility forms are dropped (NFKD, lower case of no language).
 * - Accents of Latin, Greek and Cyrillic letters are dropped: é is e, ά is α, ё is е, й is и. Marks of kana, Hangul, Thai and the
 *   scripts of India stay: without them it would be another syllable.
 * - Hebrew points, Arabic vowel marks and tatweel are dropped; the forms of alef are one letter, and so are those of ya and kaf.
 * - I, ı, İ and i are one letter, whatever the language. ß is ss, ς is σ, ø is o, æ is ae.
 * - Digits of every script are 0 to 9, quotes and dashes are their ASCII forms, white space is one blank.
 * - Invisible characters are dropped: joiners, direction marks, soft hyphens, variation selectors.
 */

/** Printable ASCII with single blanks: lower case is all that folding changes. */
const plain = /^[\x21-\x7e]*(?: [\x21-\x7e]+)*$/;

/** @returns text that folds to itself */
export function fold(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(dropped, '')
    .replace(otherForms, (sign) => forms.get(sign) ?? sign)
    .replace(digits, (digit) => String(digitValue(digit)))
    .replace(/\s+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/** Ranges of code points that are dropped: marks and invisible characters. */
const dropped = new RegExp(
  `[${[
    '\\u00AD\\u034F\\u061C\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFEFF\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}',
    '\\u0300-\\u036F\\u0483-\\u0489\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF\\u20D0-\\u20FF\\uFE20-\\uFE2F',
    '\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u05C7',
    '\\u0610-\\u061A\\u0640\\u064B-\\u065F\\u0670\\u06D6-\\u06DC\\u06DF-\\u06E4\\u06E7\\u06E8\\u06EA-\\u06ED\\u08D3-\\u08FF',
  ].join('')}]`,
  'gu',
);

const forms = new Map<string, string>(
  Object.entries({
    ß: 'ss',
    ı: 'i',
    ς: 'σ',
    ø: 'o',
    ł: 'l',
    đ: 'd',
    ħ: 'h',
    æ: 'ae',
    œ: 'oe',
    ð: 'd',
    þ: 'th',
    ى: 'ي',
    ی: 'ي',
    ک: 'ك',
    ٱ: 'ا',
    '‘': "'",
    '’': "'",
    '‚': "'",
    '‛': "'",
    ʼ: "'",
    '“': '"',
    '”': '"',
    '„': '"',
    '«': '"',
    '»': '"',
    '‐': '-',
    '‒': '-',
    '–': '-',
    '—': '-',
    '―': '-',
    '−': '-',
  }),
);
const otherForms = new RegExp(`[${[...forms.keys()].join('')}]`, 'gu');

const digits = /(?![0-9])\p{Nd}/gu;

/** The value of a digit of any script. Unicode has the digits of a script in a row, from zero to nine. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
