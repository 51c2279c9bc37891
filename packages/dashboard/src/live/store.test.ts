/** Events in the store: which conversation each of them changes, and what is left after a deletion. */
import type { AgentEvents } from '@hoory/client';
import { expect, it } from 'vitest';
import { conversationRecord as record } from '../../test/conversation-record.ts';
import { fromApi } from './conversation.ts';
import { type Filter, listKey, scopeKey } from './lists.ts';
import { putConversation } from './state.ts';
import { createStore } from './store.ts';

const message = { id: 5, conversation_id: 7 } as AgentEvents['first.reply.created'];

it('takes the id of a message for no id of a conversation', () => {
  const store = createStore(1);
  const changes = store.trackChanges();
  store.applyEvent({ event: 'first.reply.created', data: message });
  expect([...changes.conversations]).toEqual([]);
  store.applyEvent({ event: 'message.created', data: message });
  expect([...changes.conversations]).toEqual([7]);
});

it('removes a deleted conversation from its lists and counts', () => {
  const filter: Filter = { tab: 'all', status: 'open', sort: 'last_activity_at_desc' };
  const store = createStore(1);
  store.update((state) => ({
    ...state,
    lists: new Map([[listKey(filter), { filter, ids: [], next: undefined, stale: false }]]),
    counts: new Map([
      [
        scopeKey(filter),
        {
          scope: filter,
          counts: { mine_count: 0, unassigned_count: 1, assigned_count: 0, all_count: 1 },
        },
      ],
    ]),
  }));
  store.update((state) => putConversation(state, fromApi(record), 'fetched'));
  expect(store.state.lists.get(listKey(filter))?.ids).toEqual([7]);
  store.applyEvent({ event: 'conversation.deleted', data: { account_id: 1, id: 7 } });
  expect(store.state.conversations.has(7)).toBe(false);
  expect(store.state.lists.get(listKey(filter))?.ids).toEqual([]);
  expect(store.state.counts.get(scopeKey(filter))?.counts.all_count).toBe(0);
});
