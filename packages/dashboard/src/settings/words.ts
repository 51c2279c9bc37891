/** Words of the settings as a whole. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useSettingsWords = defineWords('settings', { en, es, ar });
