/** Words of the reports. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useReportWords = defineWords('reports', { en, es, ar });
