/** Answers that come late or in another order than they were asked for, beside events. */
import type { EventMessage } from '@hoory/client';
import { expect, it } from 'vitest';
import { type Ask, fetchThread } from './fetch.ts';
import { createStore } from './store.ts';

const message = (id: number, content = `message ${id}`) =>
  ({ id, conversation_id: 7, content, message_type: 0, created_at: id }) as EventMessage;

/** A server whose answers to `GET .../messages` come when the test says so. */
function open() {
  const store = createStore(1);
  const answers: ((messages: EventMessage[]) => void)[] = [];
  const ask = (() =>
    new Promise((resolve) => answers.push((payload) => resolve({ payload })))) as unknown as Ask;
  return {
    fetch: () => fetchThread(store, ask, 7),
    answer: (index: number, ...messages: EventMessage[]) => answers[index]?.(messages),
    tell: (told: EventMessage) => store.event('message.created', told),
    contents: () => store.state.threads.get(7)?.messages.map(({ content }) => content),
  };
}

it('keeps what an event tells while the first answer is under way', async () => {
  const { fetch, answer, tell, contents } = open();
  const fetched = fetch();
  tell(message(2));
  answer(0, message(1));
  await fetched;
  expect(contents()).toEqual(['message 1', 'message 2']);
});

it('takes an event for newer than the answer that it overtook', async () => {
  const { fetch, answer, tell, contents } = open();
  const fetched = fetch();
  tell(message(1, 'taken back'));
  answer(0, message(1));
  await fetched;
  expect(contents()).toEqual(['taken back']);
});

it('leaves an answer that was asked for later', async () => {
  const { fetch, answer, contents } = open();
  const [first, second] = [fetch(), fetch()];
  answer(1, message(1), message(2));
  await second;
  answer(0, message(1));
  await first;
  expect(contents()).toEqual(['message 1', 'message 2']);
});
