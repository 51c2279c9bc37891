/** Words of the rail and of what surrounds the screens. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useShellWords = defineWords('shell', { en, es, ar });
