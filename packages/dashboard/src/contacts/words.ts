/** Words of the contacts: their list and their pages. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useContactWords = defineWords('contacts', { en, es, ar });
