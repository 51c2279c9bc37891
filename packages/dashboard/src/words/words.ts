/**
 * Three languages. Every screen has its own words, one file a language (`<screen>/words/en.ts`), put together by
 * `defineWords`; English says which keys there are, and the compiler asks the others for the same.
 */
import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { readStored, writeStored } from '../session/storage.ts';

/** Each language in its own words, as the menu shows it. */
export const languages = { en: 'English', es: 'Español', ar: 'العربية' } as const;
export type Language = keyof typeof languages;
export const languageCodes: readonly Language[] = ['en', 'es', 'ar'];

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
/** The key without its plural suffix. */
type Stem<Key> = Key extends `${infer Name}_${Plural}` ? Name : Key;

/** The keys of English in another language. Counted texts may add the plural forms that English lacks: Arabic has six. */
export type Words<English> = { readonly [Key in keyof English]: string } & {
  readonly [Key in keyof English as `${Stem<Key> & string}_${Plural}`]?: string;
};

/** Returns the text of a key: `t('unread', { count: 3 })`. */
export type Translate<English> = (
  key: Stem<keyof English> & string,
  values?: Record<string, string | number>,
) => string;

// Without resources: `defineWords` adds them, each screen with its own code, and nothing is fetched.
void i18next.use(initReactI18next).init({
  lng: chosenLanguage(),
  fallbackLng: 'en',
  resources: {},
  // React escapes by itself.
  interpolation: { escapeValue: false },
});
applyLanguage(chosenLanguage());

/** Registers the words of a screen and returns the hook that reads them. `name` is the screen's folder. */
export function defineWords<const English extends Record<string, string>>(
  name: string,
  words: { en: English } & Record<Exclude<Language, 'en'>, Words<NoInfer<English>>>,
): () => Translate<English> {
  for (const language of languageCodes) i18next.addResourceBundle(language, name, words[language]);
  return () => {
    const { t } = useTranslation(name);
    // The same function until the language changes, so that effects may depend on it.
    return useCallback((key, values) => t(key, { ...values }), [t]);
  };
}

/** The chosen language; the component is drawn again when it changes. */
export function useLanguage(): Language {
  const { language } = useTranslation().i18n;
  return isLanguage(language) ? language : 'en';
}

/** A hoisted function: `chosenLanguage` runs while this module loads. */
function isLanguage(code: string | undefined): code is Language {
  return code !== undefined && Object.hasOwn(languages, code);
}

/** Changes the language of the whole desk at once, and stores it on this device. */
export function setLanguage(language: Language): void {
  writeStored('language', language);
  applyLanguage(language);
  void i18next.changeLanguage(language);
}

/** Sets language and direction of the page, which CSS, screen readers and spell checkers read. */
function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** The stored language, else the first of the browser's languages that the desk speaks, else English. */
function chosenLanguage(): Language {
  const preferred = [readStored('language'), ...navigator.languages.map((tag) => tag.split('-')[0])];
  return preferred.find(isLanguage) ?? 'en';
}
