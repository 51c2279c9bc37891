/** Words of the definitions of custom attributes. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useAttributeWords = defineWords('attributes', { en, es, ar });
