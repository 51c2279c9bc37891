/** Words of the canned responses of an account. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useCannedWords = defineWords('canned-responses', { en, es, ar });
