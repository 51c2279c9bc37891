/** Words of connecting a chat to an inbox. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useConnectWords = defineWords('connect', { en, es, ar });
