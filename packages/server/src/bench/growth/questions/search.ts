/** Questions to the search over conversations, contacts and messages. */
import { agentApi } from '@hoory/contract';
import { type Question, question } from '../question.ts';
import { knownWords } from '../words.ts';

const { common, second, rare, chinese, arabic } = knownWords;

const asked = {
  'common word': common,
  'two common words': `${common} ${second}`,
  'common and rare word': `${common} ${rare}`,
  'two letters': common.replace(/^(..).*/, '$1'),
  'rare word': rare,
  Chinese: chinese,
  Arabic: arabic,
  'name of a contact': 'garcia',
  nothing: 'nobodysaysthis',
};

const searchBy = (name: string, ask: (words: string, q: string) => Question): Question[] =>
  Object.entries(asked).map(([words, q]) => ask(`${name}, ${words}`, q));

export const searchQuestions: readonly Question[] = [
  ...searchBy('search', (name, q) =>
    question(agentApi.agentSearchAll)('read', name, { input: () => ({ q }) }),
  ),
  ...searchBy('search/messages', (name, q) =>
    question(agentApi.agentSearchMessages)('read', name, { input: () => ({ q }) }),
  ),
  ...searchBy('search/contacts', (name, q) =>
    question(agentApi.agentFindContacts)('read', name, { input: () => ({ q }) }),
  ),
  ...searchBy('search/conversations', (name, q) =>
    question(agentApi.agentSearchConversations)('read', name, { input: () => ({ q }) }),
  ),
  ...searchBy('conversations/search', (name, q) =>
    question(agentApi.agentSearchInConversations)('read', name, { input: () => ({ q, status: 'all' }) }),
  ),
  question(agentApi.agentSearchConversations)('read', 'search/conversations by number', {
    input: ({ sample }) => ({ q: `${sample.id}` }),
  }),
  question(agentApi.agentSearchMessages)('read', 'search/messages, common word, page 10', {
    input: () => ({ q: common, page: 10 }),
  }),
];
