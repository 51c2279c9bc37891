/** Changes that are shown before the server accepts them. */
import type { AgentEvents } from '@hoory/client';
import { expect, it } from 'vitest';
import { conversationRecord as record } from '../../test/conversation-record.ts';
import { fromApi } from './conversation.ts';
import { changeOptimistically } from './optimistic.ts';
import { putConversation } from './state.ts';
import { createStore } from './store.ts';

function open() {
  const store = createStore(1);
  store.update((state) => putConversation(state, fromApi(record), 'fetched'));
  const receive = (status: string) =>
    store.applyEvent({
      event: 'conversation.status_changed',
      data: { ...record, status } as unknown as AgentEvents['conversation.status_changed'],
    });
  const resolve = (meanwhile: () => void) =>
    changeOptimistically(store, {
      id: 7,
      change: { status: 'resolved' },
      send: async () => {
        expect(store.state.conversations.get(7)?.status).toBe('resolved');
        meanwhile();
        throw new Error('refused');
      },
    });
  return { receive, resolve, status: () => store.state.conversations.get(7)?.status };
}

it('takes a refused change back', async () => {
  const { resolve, status } = open();
  await expect(resolve(() => {})).rejects.toThrow('refused');
  expect(status()).toBe('open');
});

it.each(['resolved', 'snoozed'])(
  'keeps the status that a colleague has set meanwhile: %s',
  async (theirs) => {
    const { resolve, receive, status } = open();
    await expect(resolve(() => receive(theirs))).rejects.toThrow('refused');
    expect(status()).toBe(theirs);
  },
);
