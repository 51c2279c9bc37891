/** Words of the sign-in. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useSignInWords = defineWords('sign-in', { en, es, ar });
