/** Words of list, thread and contact pane. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useConversationWords = defineWords('conversations', { en, es, ar });
