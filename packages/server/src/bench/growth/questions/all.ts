/** Every question of the section, in the order in which they are asked: reads, then writes, the most changing last. */
import type { Question } from '../question.ts';
import { accountQuestions } from './account.ts';
import { contactQuestions } from './contacts.ts';
import { conversationQuestions } from './conversations.ts';
import { customerQuestions } from './customer.ts';
import { reportQuestions } from './reports.ts';
import { searchQuestions } from './search.ts';
import { writeQuestions } from './writes.ts';

export const questions: readonly Question[] = [
  ...accountQuestions,
  ...conversationQuestions,
  ...contactQuestions,
  ...searchQuestions,
  ...reportQuestions,
  ...customerQuestions,
  ...writeQuestions,
];
