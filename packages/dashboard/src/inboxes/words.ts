/** Words of the settings of inboxes. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useInboxWords = defineWords('inboxes', { en, es, ar });
