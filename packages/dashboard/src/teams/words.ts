/** Words of the teams of an account. */
import { defineWords } from '../words/words.ts';
import { ar } from './words/ar.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useTeamWords = defineWords('teams', { en, es, ar });
