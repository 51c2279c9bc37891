/** Words of the system page. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useSystemWords = defineWords('system', { en, es, ar });
