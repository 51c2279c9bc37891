/** Answers that arrive late or in another order than their requests, while events arrive too. */
import type { EventMessage } from '@hoory/client';
import { expect, it } from 'vitest';
import { type ApiCall, fetchThread } from './fetch.ts';
import { createStore } from './store.ts';

const message = (id: number, content = `message ${id}`) =>
  ({ id, conversation_id: 7, content, message_type: 0, created_at: id }) as EventMessage;

/** A server whose answers to `GET .../messages` come when the test says so. */
function open() {
  const store = createStore(1);
  const answers: ((messages: EventMessage[]) => void)[] = [];
  const ask = (() =>
    new Promise((resolve) => answers.push((payload) => resolve({ payload })))) as unknown as ApiCall;
  return {
    fetch: () => fetchThread(store, ask, 7),
    answer: (index: number, ...messages: EventMessage[]) => answers[index]?.(messages),
    receive: (data: EventMessage) => store.applyEvent({ event: 'message.created', data }),
    contents: () => store.state.threads.get(7)?.messages.map(({ content }) => content),
  };
}

it('keeps the message of an event that arrives before the first answer', async () => {
  const { fetch, answer, receive, contents } = open();
  const fetched = fetch();
  receive(message(2));
  answer(0, message(1));
  await fetched;
  expect(contents()).toEqual(['message 1', 'message 2']);
});

it('takes an event for newer than an answer whose request began before it', async () => {
  const { fetch, answer, receive, contents } = open();
  const fetched = fetch();
  receive(message(1, 'taken back'));
  answer(0, message(1));
  await fetched;
  expect(contents()).toEqual(['taken back']);
});

it('ignores an answer that arrives after the answer to a later request', async () => {
  const { fetch, answer, contents } = open();
  const [first, second] = [fetch(), fetch()];
  answer(1, message(1), message(2));
  await second;
  answer(0, message(1));
  await first;
  expect(contents()).toEqual(['message 1', 'message 2']);
});
