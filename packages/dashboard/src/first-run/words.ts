/** Words of the first run. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useFirstRunWords = defineWords('first-run', { en, es, ar });
