/** The checker finds each kind of violation in a history that was falsified in one place, and none in a right one. */
import { describe, expect, test } from 'vitest';
import { check } from '../src/check/check.ts';
import type { Evidence, Rule } from '../src/check/violation.ts';
import type { Received, Timed } from '../src/history.ts';
import type { StoredMessage } from '../src/stored/stored.ts';
import { endpoints, fetched, makeEvidence, stateOf, users } from './evidence.ts';

type Falsify = (evidence: Evidence) => Evidence | undefined;

const judge = (falsify: Falsify): { rule: Rule; text: string }[] => {
  const evidence = makeEvidence();
  return check(falsify(evidence) ?? evidence, { endpoints, users });
};

const rulesFor = (falsify: Falsify): Rule[] => judge(falsify).map(({ rule }) => rule);

const withEntries = (evidence: Evidence, change: (entries: Timed[]) => Timed[]): Evidence => ({
  ...evidence,
  entries: change([...evidence.entries]),
});

const isEvent =
  (follower: string, message: number) =>
  (entry: Timed): entry is Timed<Received> =>
    entry.kind === 'event' && entry.follower === follower && entry.message === message;

/** Each follower receives its messages by entries that follow each other. */
const swap = (
  entries: Timed[],
  first: (entry: Timed) => boolean,
  second: (entry: Timed) => boolean,
): Timed[] => {
  const at = [entries.findIndex(first), entries.findIndex(second)] as const;
  return entries.map(
    (entry, index) => entries[index === at[0] ? at[1] : index === at[1] ? at[0] : index] ?? entry,
  );
};

const isWebhook = (message: number) => (entry: Timed) =>
  entry.kind === 'webhook' && entry.message === message;

const everyFollower = ['feed of ann', 'rails of ann', 'anycable of ben', 'sdk of ben'];

test('a right history has no violation', () => {
  expect(judge(() => undefined)).toEqual([]);
});

test('finds a server that ended by itself, and accepts a start that failed while the database was away', () => {
  const died = (isStarted: boolean) => (evidence: Evidence) =>
    withEntries(evidence, (entries) => [
      ...entries,
      { at: 99, kind: 'died', node: 'node-1', isStarted, output: '' },
    ]);
  expect(rulesFor(died(true))).toEqual(['servers stay up']);
  expect(rulesFor(died(false))).toEqual([]);
});

describe('what is stored', () => {
  test('finds an acknowledged message that is lost, and the followers that received it', () => {
    const rules = rulesFor(({ stored }) => void stored.database.messages.shift());
    expect(rules).toContain('stored once');
    expect(rules).toContain('counters are right');
  });

  test('finds a message that is stored twice', () => {
    const rules = rulesFor(({ stored: { database } }) => {
      const [first] = database.messages;
      if (first) database.messages.push({ ...first, id: 5 });
    });
    expect(rules).toContain('stored once');
  });

  test('finds one that was not acknowledged and is stored twice, and accepts that it is not stored', () => {
    const sentOnly = (evidence: Evidence) =>
      withEntries(evidence, (entries) => [
        ...entries,
        { at: 99, kind: 'send', key: 'said:ann:7', actor: 'ann', operation: 'message', conversation: 1 },
      ]);
    expect(rulesFor(sentOnly)).toEqual([]);
    const twice = (evidence: Evidence) => {
      const [first] = evidence.stored.database.messages;
      for (const id of [7, 8])
        if (first)
          evidence.stored.database.messages.push({
            ...first,
            id,
            content: 'said:ann:7',
            echo: '"said:ann:7"',
          });
      return sentOnly(evidence);
    };
    expect(rulesFor(twice)).toContain('stored once');
  });

  test('finds two answers with two ids for one key', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) => [
        ...entries,
        { at: 99, kind: 'acknowledge', key: 'said:ben:2', id: 8 },
      ]),
    );
    expect(rules).toContain('acknowledged alike');
  });

  test('finds a refusal of what must be accepted', () => {
    const refused: Timed = { at: 99, kind: 'refuse', key: 'said:ann:9', status: 404, text: 'Not Found' };
    expect(rulesFor((evidence) => withEntries(evidence, (entries) => [...entries, refused]))).toEqual([
      'not refused',
    ]);
  });

  test('finds a deletion that was acknowledged and is not stored', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) => [
        ...entries,
        {
          at: 98,
          kind: 'send',
          key: 'delete:ben:3',
          actor: 'ben',
          operation: 'delete',
          conversation: 1,
          message: 3,
        },
        { at: 99, kind: 'acknowledge', key: 'delete:ben:3', id: 3 },
      ]),
    );
    expect(rules).toEqual(['stored once']);
  });

  test('finds a conversation that is stored twice, and a session', () => {
    const conversation = rulesFor(({ stored: { database } }) => {
      const [first] = database.conversations;
      if (first) database.conversations.push({ ...first, id: 2 });
    });
    expect(conversation).toContain('stored once');
    expect(rulesFor(({ stored }) => void stored.database.sessions.push('session-of-ann'))).toContain(
      'stored once',
    );
  });

  test('finds a message that comes before one whose answer it was sent after', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) => [
        ...entries,
        { at: 98, kind: 'send', key: 'said:ann:4', actor: 'ann', operation: 'message', conversation: 1 },
        { at: 99, kind: 'acknowledge', key: 'said:ann:4', id: 2 },
      ]),
    );
    expect(rules).toContain('one order');
  });
});

describe.each(everyFollower)('events at %s', (follower) => {
  const last = follower.endsWith('ann') ? 3 : 4;

  test('finds an event that is missing in the middle or at the end', () => {
    for (const message of [1, last])
      expect(
        rulesFor((evidence) =>
          withEntries(evidence, (entries) => entries.filter((entry) => !isEvent(follower, message)(entry))),
        ),
      ).toContain('received all');
  });

  test('finds an event that came twice', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) =>
        entries.flatMap((entry): Timed[] => (isEvent(follower, 3)(entry) ? [entry, entry] : [entry])),
      ),
    );
    expect(rules).toContain('received once');
  });

  test('finds two events in the wrong order', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) => swap(entries, isEvent(follower, 1), isEvent(follower, 3))),
    );
    expect(rules).toContain('one order');
  });
});

describe('what followers were told', () => {
  test('accepts a gap after "fetch anew" when the messages were fetched, and not when they were not', () => {
    const follower = 'sdk of ben';
    const told = (ids: number[]) => (evidence: Evidence) =>
      withEntries(evidence, (entries) =>
        entries.flatMap((entry): Timed[] => {
          if (!isEvent(follower, 2)(entry)) return [entry];
          return [
            { at: 50, kind: 'reset', follower },
            fetched(
              follower,
              { at: 51, askedAt: 50 },
              evidence.stored.database.messages.filter(({ id }) => ids.includes(id)),
            ),
            { at: 52, kind: 'refresh', follower },
          ];
        }),
      );
    expect(rulesFor(told([1, 2]))).toEqual([]);
    expect(rulesFor(told([1]))).toEqual(['received all']);
  });

  test.each(['reset', 'connect'] as const)('finds a follower that never fetched after a %s', (kind) => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) => [...entries, { at: 99, kind, follower: 'anycable of ben' }]),
    );
    expect(rules).toEqual(['received all']);
  });

  describe('an event that only a client without positions received', () => {
    /** The feed is told to fetch anew in place of message 3; Ann's other client receives the message, and then `more`. */
    const unseen = (more: Timed[]) => (evidence: Evidence) => {
      const reply = evidence.stored.database.messages.filter(({ id }) => id === 3);
      const follower = 'feed of ann';
      return withEntries(evidence, (entries) => [
        ...entries.flatMap((entry): Timed[] =>
          isEvent(follower, 3)(entry) ? [{ at: entry.at, kind: 'reset', follower }] : [entry],
        ),
        fetched(follower, { at: 98, askedAt: 97 }, reply),
        { at: 98, kind: 'refresh', follower },
        ...more,
      ]);
    };

    test('is right where those with positions were told to fetch anew', () => {
      expect(rulesFor(unseen([]))).toEqual([]);
    });

    const invented = { event: 'conversation.updated', digest: 'invented', conversation: 1 };

    test('is found when another event is in its place', () => {
      const rules = rulesFor((evidence) =>
        withEntries(evidence, (entries) =>
          entries.map((entry) =>
            isEvent('rails of ann', 3)(entry) ? { ...entry, ...invented, message: undefined } : entry,
          ),
        ),
      );
      expect(rules).toContain('one order');
    });

    test('is found when the log has no room for it', () => {
      const extra: Timed = { at: 99, kind: 'event', follower: 'rails of ann', ...invented };
      expect(rulesFor(unseen([extra]))).toEqual(['one order']);
    });
  });

  test('finds an event that differs between two followers of one stream', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) => [
        ...entries,
        {
          at: 99,
          kind: 'event',
          follower: 'feed of carl',
          event: 'message.created',
          digest: 'another',
          position: { stream: 'inbox', epoch: 'e', offset: 2 },
        },
      ]),
    );
    expect(rules).toEqual(['one order']);
  });

  test('finds an event whose state is not what is stored', () => {
    const rules = rulesFor(({ stored }) => {
      const reply = stored.database.messages.find(({ id }) => id === 3);
      if (reply) reply.status = 'read';
    });
    expect(rules).toEqual(Array(everyFollower.length).fill('state is that of the last event'));
  });

  describe.each(['anycable of ben', 'rails of ann'])('a state that %s fetched', (follower) => {
    /** Message 3 is deleted, and only the others get the event; the follower fetches it in `state` instead. */
    const deleted = { content: 'deleted', attributes: '{"deleted":true}' };
    const fetchedAs =
      (times: { at: number; askedAt: number }, state: Partial<StoredMessage>) => (evidence: Evidence) => {
        const reply = evidence.stored.database.messages.find(({ id }) => id === 3);
        if (!reply) throw new Error('Message 3 is not stored');
        const before = { ...reply };
        Object.assign(reply, deleted);
        return withEntries(evidence, (entries) => [
          ...entries.map((entry) =>
            entry.kind === 'event' && entry.message === 3 && entry.follower !== follower
              ? { ...entry, state: stateOf(reply) }
              : entry,
          ),
          { at: 98, kind: 'connect', follower },
          fetched(follower, times, [{ ...before, ...state }]),
          { at: 99, kind: 'refresh', follower },
        ]);
      };
    const late = { at: 99, askedAt: 98 };

    test('counts as told', () => {
      expect(rulesFor(fetchedAs(late, deleted))).toEqual([]);
    });

    test('is found when it is older than what is stored, and no event followed', () => {
      expect(rulesFor(fetchedAs(late, {}))).toEqual(['state is that of the last event']);
    });
  });

  test('an answer that was asked for before an event may be older than it, and one asked for later may not', () => {
    const follower = 'anycable of ben';
    const answered = (askedAt: number) => (evidence: Evidence) => {
      const at = evidence.entries.find(isEvent(follower, 3))?.at ?? 0;
      const messages = evidence.stored.database.messages.map((message) => ({ ...message, content: 'older' }));
      return withEntries(evidence, (entries) => [
        ...entries,
        fetched(
          follower,
          { at: 99, askedAt: at + askedAt },
          messages.filter(({ id }) => id === 3),
        ),
      ]);
    };
    expect(rulesFor(answered(0))).toEqual([]);
    expect(rulesFor(answered(1))).toEqual(['state is that of the last event']);
  });

  test('finds a status that an agent fetched and that is not the stored one; a customer fetches none', () => {
    const fetchedSent = (follower: string, status: string | undefined) => (evidence: Evidence) => {
      const reply = evidence.stored.database.messages.filter(({ id }) => id === 3);
      return withEntries(evidence, (entries) => [
        ...entries,
        fetched(
          follower,
          { at: 99, askedAt: 98 },
          reply.map((message) => ({ ...message, status })),
        ),
      ]);
    };
    expect(rulesFor(fetchedSent('rails of ann', 'delivered'))).toEqual([]);
    expect(rulesFor(fetchedSent('sdk of ben', 'delivered'))).toEqual(['state is that of the last event']);
    expect(rulesFor(fetchedSent('sdk of ben', undefined))).toEqual(['state is that of the last event']);
  });

  test('finds a list of the API that lacks a message, and one in another order', () => {
    expect(rulesFor(({ stored }) => void stored.api.conversations[0]?.messages.pop())).toEqual(['one order']);
    expect(rulesFor(({ stored }) => void stored.api.conversations[0]?.messages.reverse())).toEqual([
      'one order',
    ]);
  });

  test('finds a gap in the log', () => {
    expect(
      rulesFor(({ stored }) => void stored.database.logGaps.push({ stream: 'inbox:1', missing: 1 })),
    ).toEqual(['received all']);
  });
});

describe('privacy', () => {
  test('finds a private note at a customer: as an event, in a list, and as text in other data', () => {
    const note = (follower: string): Timed => ({
      at: 99,
      kind: 'event',
      follower,
      event: 'message.created',
      digest: 'digest of 2',
      conversation: 1,
      message: 2,
    });
    const asEvent = rulesFor((evidence) =>
      withEntries(evidence, (entries) => [...entries, note('rails of ann')]),
    );
    expect(asEvent).toContain('no note at a customer');
    const inList = rulesFor((evidence) => {
      const listed = evidence.stored.database.messages.filter(({ id }) => id <= 3);
      return withEntries(evidence, (entries) => [
        ...entries,
        fetched('rails of ann', { at: 99, askedAt: 98 }, listed),
      ]);
    });
    expect(inList).toEqual(['no note at a customer']);
    const asText = rulesFor((evidence) =>
      withEntries(evidence, (entries) =>
        entries.map((entry) =>
          isEvent('feed of ann', 3)(entry) ? { ...entry, notes: ['note:ben:1'] } : entry,
        ),
      ),
    );
    expect(asText).toEqual(['no note at a customer']);
  });

  test('finds a message of another customer', () => {
    const rules = rulesFor(({ stored: { database, api } }) => {
      const [conversation] = database.conversations;
      if (conversation) conversation.source_id = 'session-of-bob';
      database.sessions.push('session-of-bob');
      api.counters.set('contacts', 2);
    });
    expect(rules).toContain('only to the entitled');
  });
});

describe('webhooks', () => {
  test('finds one that was never accepted', () => {
    const rules = rulesFor((evidence) =>
      withEntries(evidence, (entries) =>
        entries.map((entry) =>
          entry.kind === 'webhook' && entry.message === 3 ? { ...entry, status: 503 } : entry,
        ),
      ),
    );
    expect(rules).toEqual(['webhooks sent']);
  });

  test('accepts a repeat of one delivery, and finds one message under two ids', () => {
    const repeated = (delivery: string | undefined) => (evidence: Evidence) =>
      withEntries(evidence, (entries) =>
        entries.flatMap((entry) =>
          entry.kind === 'webhook' && entry.message === 3
            ? [entry, { ...entry, delivery: delivery ?? entry.delivery }]
            : [entry],
        ),
      );
    expect(rulesFor(repeated(undefined))).toEqual([]);
    expect(rulesFor(repeated('another id'))).toEqual(['webhooks with one id']);
  });

  test('finds two in the wrong order, and one that overtook a delivery that was not accepted', () => {
    expect(
      rulesFor((evidence) => withEntries(evidence, (entries) => swap(entries, isWebhook(1), isWebhook(3)))),
    ).toContain('webhooks in order');
    const overtaken = rulesFor((evidence) =>
      withEntries(evidence, (entries) => {
        const first = entries.find(isWebhook(1));
        const failed = entries.map((entry) =>
          entry === first && entry.kind === 'webhook' ? { ...entry, status: 503 } : entry,
        );
        return first ? [...failed, first] : entries;
      }),
    );
    expect(overtaken).toEqual(['webhooks in order']);
  });
});

test.each([
  ['conversations open all_count', 2],
  ['report incoming_messages_count', 0],
  ['unread notifications of agent', 1],
])('finds that the counter "%s" is wrong', (name, value) => {
  expect(rulesFor(({ stored }) => void stored.api.counters.set(name, value))).toEqual(['counters are right']);
});

test('finds a wrong number of unread messages, and a status that is not the stored one', () => {
  const rules = rulesFor(({ stored }) => {
    const [conversation] = stored.api.conversations;
    if (conversation) Object.assign(conversation, { unread_count: 2, status: 'resolved' });
  });
  expect(rules).toEqual(['counters are right', 'counters are right']);
});
