/** The languages of the server's pages, which are those of the desk. */

export type Lang = 'en' | 'es' | 'ar';

export interface Language<Words> {
  lang: Lang;
  dir: 'ltr' | 'rtl';
  words: Words;
}

/** The first accepted language that `languages` has, without its region (`es-MX` is `es`); else English. */
export function findLanguage<Words>(
  languages: Readonly<Record<Lang, Words>>,
  accepted: readonly string[],
): Language<Words> {
  const lang = accepted
    .map((tag) => tag.trim().slice(0, 2).toLowerCase())
    .find((tag): tag is Lang => Object.hasOwn(languages, tag));
  return { lang: lang ?? 'en', dir: lang === 'ar' ? 'rtl' : 'ltr', words: languages[lang ?? 'en'] };
}
