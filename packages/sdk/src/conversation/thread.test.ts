import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventMessage, Message } from '../wire.ts';
import { Thread, type ThreadMessage, toThreadMessage } from './thread.ts';

const message = (id: number, content = `Message ${id}`): Message => {
  const fields = { content_type: 'text', content_attributes: {}, created_at: 1, conversation_id: 1 } as const;
  return { id, content, message_type: 1, ...fields };
};

const event = (id: number, version = 0, more: Partial<EventMessage> = {}): EventMessage =>
  ({
    ...message(id, `Message ${id}, ${version}`),
    updated_at: `2025-01-01T00:00:0${version}Z`,
    ...more,
  }) as EventMessage;

const ids = (thread: Thread<ThreadMessage>) => thread.messages.map(({ id }) => id);
const contents = (thread: Thread<ThreadMessage>) => thread.messages.map(({ content }) => content);

describe('thread', () => {
  it('sorts late messages by id', () => {
    const thread = new Thread(toThreadMessage);
    for (const id of [3, 1, 2, 3]) thread.apply(event(id));
    expect(ids(thread)).toEqual([1, 2, 3]);
  });

  it('ignores a version older than the one it has', () => {
    const thread = new Thread(toThreadMessage);
    thread.apply(event(1, 2));
    thread.apply(event(1, 1));
    expect(contents(thread)).toEqual(['Message 1, 2']);
  });

  it('keeps an event that came during a fetch over the answer', () => {
    const thread = new Thread(toThreadMessage);
    thread.apply(event(1, 1));
    const tick = thread.beginFetch();
    thread.apply(event(1, 2));
    thread.apply(event(3));
    thread.replace([message(1, 'stale'), message(2)], tick);
    expect(contents(thread)).toEqual(['Message 1, 2', 'Message 2', 'Message 3, 0']);
  });

  it('refuses an answer when that of a later fetch came first', () => {
    const thread = new Thread(toThreadMessage);
    const [first, second] = [thread.beginFetch(), thread.beginFetch()];
    expect(thread.replace([message(1), message(2)], second)).toBe(true);
    expect(thread.replace([message(1)], first)).toBe(false);
    expect(ids(thread)).toEqual([1, 2]);
  });

  it('removes messages that a fetch no longer has', () => {
    const thread = new Thread(toThreadMessage);
    for (const id of [1, 2, 3]) thread.apply(event(id));
    thread.replace([message(1), message(3)], thread.beginFetch());
    expect(ids(thread)).toEqual([1, 3]);
  });

  it('leaves no gap below the loaded messages', () => {
    const thread = new Thread(toThreadMessage);
    thread.replace([message(50), message(51)], thread.beginFetch());
    const tick = thread.beginFetch();
    thread.apply(event(10, 1));
    expect(ids(thread)).toEqual([50, 51]);
    expect(thread.prepend([message(10)], tick)).toBe(false);
    expect(thread.prepend([message(10, 'fresh')], thread.beginFetch())).toBe(true);
    expect(contents(thread)[0]).toBe('fresh');
  });

  it('keeps the echo id of a message through later versions', () => {
    const thread = new Thread(toThreadMessage);
    thread.confirm({ ...message(1), echo_id: 'echo' });
    thread.apply(event(1, 1));
    thread.replace([message(1)], thread.beginFetch());
    expect(thread.messages[0]?.echo_id).toBe('echo');
  });

  it('equals the state of the server after any changes and fetches', () => {
    // A change is a new message, or a new version of one of those there are; some events arrive twice.
    const change = fc.record({ of: fc.option(fc.nat(9)), heard: fc.integer({ min: 1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 9 }), fc.nat(9), fc.nat(9), (changes, asked, answered) => {
        const server: Message[] = [];
        const thread = new Thread(toThreadMessage);
        let answer = () => {};
        changes.forEach(({ of, heard }, version) => {
          if (version === asked) {
            const tick = thread.beginFetch();
            const messages = [...server];
            answer = () => thread.replace(messages, tick);
          }
          if (version === answered) answer();
          const id = of === null || !server.length ? server.length + 1 : (of % server.length) + 1;
          const told = event(id, version);
          server[id - 1] = message(id, told.content as string);
          for (let i = 0; i < heard; i++) thread.apply(told);
        });
        answer();
        expect(thread.messages).toEqual(server);
      }),
    );
  });
});
