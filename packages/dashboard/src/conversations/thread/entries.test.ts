/** The rows of a thread. */
import type { AgentMessage } from '@hoory/client';
import { describe, expect, it } from 'vitest';
import type { PendingMessage } from '../../live/outbox.ts';
import { toEntries } from './entries.ts';

const noon = new Date(2026, 2, 4, 12).getTime() / 1000;
const message = (id: number, at: number, fields: Partial<AgentMessage> = {}): AgentMessage => ({
  id,
  content: `m${id}`,
  inbox_id: 1,
  conversation_id: 1,
  message_type: 0,
  content_type: 'text',
  content_attributes: {},
  status: 'sent',
  created_at: noon + at,
  private: false,
  source_id: null,
  ...fields,
});
const of = (messages: AgentMessage[], rest: Partial<Parameters<typeof toEntries>[0]> = {}) =>
  toEntries({ messages, pending: [], hasOlder: false, unreadAfter: undefined, isOffline: false, ...rest });

describe('the entries of a thread', () => {
  it('group messages of one author within five minutes', () => {
    const entries = of([
      message(1, 0),
      message(2, 299),
      message(3, 700),
      message(4, 701, { message_type: 1 }),
    ]);
    const firsts = entries.flatMap((one) => (one.kind === 'message' ? [one.isFirst] : []));
    expect(firsts).toEqual([true, false, true, true]);
    const lasts = entries.flatMap((one) => (one.kind === 'message' ? [one.isLast] : []));
    expect(lasts).toEqual([false, true, true, true]);
  });

  it('begin each day with a line, also within a group', () => {
    const midnight = 12 * 3600;
    const kinds = of([message(1, midnight - 10), message(2, midnight + 10)]).map(({ kind }) => kind);
    expect(kinds).toEqual(['day', 'message', 'day', 'message']);
  });

  it('mark where the unread begin, once, and only before what the customer wrote', () => {
    const messages = [message(1, 0), message(2, 10, { message_type: 1 }), message(3, 20), message(4, 30)];
    const kinds = of(messages, { unreadAfter: noon + 5 }).map(({ kind }) => kind);
    expect(kinds).toEqual(['day', 'message', 'message', 'unread', 'message', 'message']);
    expect(of(messages, { unreadAfter: noon + 30 }).map(({ kind }) => kind)).not.toContain('unread');
  });

  it('tell of what is not sent yet that it waits: without a connection, or when an attempt has failed', () => {
    const pendingIn = (isOffline: boolean, ...states: PendingMessage['state'][]) =>
      of([], { isOffline, pending: states.map((state) => ({ state }) as PendingMessage) }).map(
        (one) => one.kind === 'pending' && one.isWaiting,
      );
    expect(pendingIn(false, 'sending', 'queued')).toEqual([false, false]);
    expect(pendingIn(true, 'sending', 'queued', 'failed')).toEqual([true, true, false]);
  });

  it('say that there are older ones', () => {
    expect(of([message(1, 0)], { hasOlder: true })[0]).toEqual({ kind: 'older', key: 'older' });
  });
});
