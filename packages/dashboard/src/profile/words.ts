/** Words of the own profile and its notifications. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useProfileWords = defineWords('profile', { en, es, ar });
