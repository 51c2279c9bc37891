/** Words of webhooks and the ledger of what was sent. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useWebhookWords = defineWords('webhooks', { en, es, ar });
