import { type AgentMessage, HooryError } from '@hoory/client';
import { expect, it, vi } from 'vitest';
import { createOutbox, type Pending } from './outbox.ts';

const text = (content: string, conversation_id = 1) => ({
  conversation_id,
  content,
  private: false,
  files: [],
});
const settled = (work: () => boolean) => vi.waitFor(() => expect(work()).toBe(true));

function openOutbox(post: (message: Pending) => Promise<AgentMessage>, kept?: string) {
  const keep = vi.fn();
  const sent: string[] = [];
  const outbox = createOutbox({ post, sent: ({ content }) => sent.push(content ?? ''), keep, kept });
  return { outbox, keep, sent };
}

const answer = (message: Pending) => ({ content: message.content }) as AgentMessage;

it('sends the messages of a conversation one after another', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const { outbox, sent } = openOutbox((message) => {
    asked.push(message.content);
    return new Promise((resolve) => answers.push(() => resolve(answer(message))));
  });
  outbox.send(text('one'));
  outbox.send(text('two'));
  outbox.send(text('elsewhere', 2));
  expect(asked).toEqual(['one', 'elsewhere']);
  answers[0]?.();
  await settled(() => asked.length === 3);
  answers[1]?.();
  answers[2]?.();
  await settled(() => outbox.all.length === 0);
  expect(sent.filter((content) => content !== 'elsewhere')).toEqual(['one', 'two']);
});

it('sends again under the same echo_id once the server can be reached', async () => {
  const echoes: string[] = [];
  const { outbox, sent } = openOutbox(async (message) => {
    echoes.push(message.echo_id);
    if (echoes.length === 1) throw new HooryError('network', 'away');
    return answer(message);
  });
  outbox.send(text('hello'));
  await settled(() => outbox.all[0]?.state === 'failed');
  outbox.wake();
  await settled(() => sent.length === 1);
  expect(echoes[0]).toBe(echoes[1]);
});

it('leaves what the server refuses to the agent', async () => {
  let asked = 0;
  const { outbox } = openOutbox(async () => {
    asked++;
    throw new HooryError('unprocessable', 'too long');
  });
  outbox.send(text('hello'));
  await settled(() => outbox.all[0]?.state === 'failed');
  outbox.wake();
  expect(asked).toBe(1);
  outbox.discard(outbox.all[0]!.echo_id);
  expect(outbox.all).toEqual([]);
});

it('shows after a reload what was never acknowledged, with its text and its name', async () => {
  const first = openOutbox(() => new Promise(() => {}));
  first.outbox.send(text('half sent'));
  const kept = first.keep.mock.lastCall?.[0] as string;
  const echoes: string[] = [];
  const second = openOutbox(async (message) => {
    echoes.push(message.echo_id);
    return answer(message);
  }, kept);
  expect(second.outbox.all).toMatchObject([{ content: 'half sent', state: 'failed' }]);
  second.outbox.retry(second.outbox.all[0]!.echo_id);
  await settled(() => second.sent.length === 1);
  expect(echoes).toEqual([first.outbox.all[0]?.echo_id]);
  expect(second.keep).toHaveBeenLastCalledWith(undefined);
});

it('does not show what came as an event before its answer', async () => {
  const answers: (() => void)[] = [];
  const { outbox, sent } = openOutbox(
    (message) => new Promise((resolve) => answers.push(() => resolve(answer(message)))),
  );
  outbox.send(text('ok'));
  outbox.send(text('ok'));
  outbox.heard({ ...text('ok'), private: true });
  expect(outbox.all).toHaveLength(2);
  outbox.heard(text('ok'));
  expect(outbox.all).toHaveLength(1);
  answers[0]?.();
  await settled(() => answers.length === 2);
  answers[1]?.();
  await settled(() => sent.length === 2 && outbox.all.length === 0);
});
