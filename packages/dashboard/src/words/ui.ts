/** Words of the building blocks in `ui/`. */
import { ar } from './ui/ar.ts';
import { en } from './ui/en.ts';
import { es } from './ui/es.ts';
import { defineWords } from './words.ts';

export const useUiWords = defineWords('ui', { en, es, ar });
