/** A subscription by itself: the commands it sends, and the events it emits for the frames it gets. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answerFrame,
  FakeConnection,
  identifier,
  messageCreated,
  messageFrame,
  params,
  position,
} from '../../test/fake-connection.ts';
import type { StreamPositions } from '../wire.ts';
import type { FeedFetch } from './feed.ts';
import { type SubscribeOptions, Subscription } from './subscription.ts';

type Events = { 'message.created': { id: number } };

let connection: FakeConnection;
let heard: number[];
let resets: number;

beforeEach(() => {
  connection = new FakeConnection();
  heard = [];
  resets = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function subscribe(options: Partial<SubscribeOptions<Events>> = {}): Subscription<Events> {
  const room = new Subscription<Events>(connection, { params, ...options }, connection);
  room.on('message.created', ({ id }) => heard.push(id));
  room.on('reset', () => resets++);
  return room;
}

function socketDown(room: Subscription<Events>, failures: number): void {
  connection.failures = failures;
  room.socketDown();
}

function live(room: Subscription<Events>, streams?: StreamPositions): void {
  room.socketUp(false);
  room.frame(answerFrame('confirm_subscription', streams));
  expect(room.state).toBe('live');
}

describe('a subscription', () => {
  it('emits reset once when it begins without positions', async () => {
    live(subscribe());
    expect(connection.sent).toEqual([{ command: 'subscribe', identifier }]);
    expect(resets).toBe(1);
  });

  it('asks for the events after the last position of each stream when a socket is restored', async () => {
    const room = subscribe();
    live(room);
    room.frame(messageFrame(1, 'inbox', 7));
    room.frame(messageFrame(2, 'account', 3));
    socketDown(room, 0);
    room.socketUp(true);
    const streams = { inbox: position(7), account: position(3) };
    expect(connection.sent.at(-1)).toEqual({ command: 'history', identifier, history: { streams } });
    room.frame(answerFrame('confirm_history'));
    expect(room.state).toBe('live');
    expect(resets).toBe(1);
  });

  it('takes the positions of all streams from the confirmation', () => {
    const room = subscribe();
    live(room, { inbox: position(6), account: position(3), user: position(0) });
    room.frame(messageFrame(7, 'inbox', 7));
    socketDown(room, 0);
    room.socketUp(false);
    const streams = { inbox: position(7), account: position(3), user: position(0) };
    expect(connection.sent.at(-1)).toEqual({ command: 'subscribe', identifier, history: { streams } });
    room.frame(answerFrame('confirm_subscription'));
    room.frame(messageFrame(1, 'user', 1));
    room.frame(
      answerFrame('confirm_history', {
        inbox: position(7),
        account: position(3),
        user: position(1),
        gained: position(9),
      }),
    );
    expect(heard).toEqual([7, 1]);
    expect(room.positions.streams).toEqual({ ...streams, user: position(1), gained: position(9) });
    expect(resets).toBe(1);
  });

  it('asks for the whole history when the socket broke before the first confirmation', () => {
    const room = subscribe();
    room.socketUp(false);
    socketDown(room, 0);
    room.socketUp(true);
    expect(connection.sent.at(-1)).toEqual({ command: 'history', identifier, history: { streams: {} } });
    room.frame(messageFrame(4, 'inbox', 4));
    room.frame(answerFrame('confirm_history', { inbox: position(4) }));
    expect(resets).toBe(1);
    expect(room.positions.streams).toEqual({ inbox: position(4) });
  });

  it('keeps the highest offset as its position when history comes after newer events', () => {
    const room = subscribe({ positions: { streams: { inbox: position(1) } } });
    room.socketUp(true);
    room.frame(answerFrame('confirm_history', { inbox: position(1) }));
    room.frame(messageFrame(5, 'inbox', 5));
    for (const offset of [2, 3, 4]) room.frame(messageFrame(offset, 'inbox', offset));
    room.frame(answerFrame('confirm_history', { inbox: position(3) }));
    expect(room.positions.streams).toEqual({ inbox: position(5) });
  });

  it('emits reset on every reject_history, also on one without a request', () => {
    const room = subscribe();
    live(room, { inbox: position(6) });
    room.frame(answerFrame('reject_history', { inbox: position(90) }));
    expect(resets).toBe(2);
    room.frame(messageFrame(91, 'inbox', 91));
    expect(heard).toEqual([91]);
    expect(room.state).toBe('live');
  });

  it('emits events with the same content as an earlier one', () => {
    const names: string[] = [];
    const room = new Subscription<{ 'contact.updated': { name: string } }>(
      connection,
      { params },
      connection,
    );
    room.on('event', ({ data }) => names.push(data.name));
    room.socketUp(false);
    room.frame(answerFrame('confirm_subscription', { account: position(0) }));
    for (const [index, name] of ['Ann', 'Bob', 'Ann'].entries())
      room.frame({
        identifier,
        message: { event: 'contact.updated', data: { name } },
        stream_id: 'account',
        epoch: 'e',
        offset: index + 1,
      });
    expect(names).toEqual(['Ann', 'Bob', 'Ann']);
  });

  it('restarts the timeout with each event of a history, and emits reset after it', () => {
    vi.useFakeTimers();
    const room = subscribe({ positions: { streams: { inbox: position(0) } } });
    room.socketUp(true);
    for (let offset = 1; offset <= 3; offset++) {
      vi.advanceTimersByTime(connection.timeouts.confirmMs - 1);
      room.frame(messageFrame(offset, 'inbox', offset));
    }
    expect(room.state).not.toBe('live');
    vi.advanceTimersByTime(connection.timeouts.confirmMs);
    expect(room.state).toBe('live');
    expect(resets).toBe(1);
  });

  it('subscribes again when the server does not answer', () => {
    vi.useFakeTimers();
    const room = subscribe();
    room.socketUp(false);
    vi.advanceTimersByTime(connection.timeouts.confirmMs);
    expect(connection.sent).toEqual(Array(2).fill({ command: 'subscribe', identifier }));
    room.frame(answerFrame('confirm_subscription'));
    expect(room.state).toBe('live');
  });

  it('delivers live events after the replayed ones of their stream', async () => {
    const room = subscribe({ positions: { streams: { inbox: position(1) } } });
    room.socketUp(false);
    room.frame(answerFrame('confirm_subscription'));
    room.frame(messageFrame(5, 'inbox', 5));
    for (const offset of [2, 3, 4, 5]) room.frame(messageFrame(offset, 'inbox', offset));
    room.frame(answerFrame('confirm_history'));
    await expect.poll(() => heard).toEqual([2, 3, 4, 5]);
    expect(resets).toBe(0);
    expect(room.positions.streams).toEqual({ inbox: position(5) });
  });

  it('drops a repeat of any age by its position', async () => {
    const room = subscribe();
    live(room);
    for (let offset = 1; offset <= 1000; offset++) room.frame(messageFrame(offset, 'inbox', offset));
    room.frame(messageFrame(1, 'inbox', 1));
    expect(heard).toHaveLength(1000);
  });

  /** A feed of one stream, whose events are numbered. */
  function numberedFeed() {
    const queries: Parameters<FeedFetch>[0][] = [];
    const state = { last: 0, queries };
    const feed: FeedFetch = async (query) => {
      queries.push(query);
      const { after, streams, wait } = query;
      if (wait) await new Promise((resolve) => setTimeout(resolve, 5));
      const known = streams ? (JSON.parse(streams) as StreamPositions).inbox : undefined;
      const from = known?.offset ?? Number(after ?? state.last);
      const events = Array.from({ length: Math.max(0, state.last - from) }, (_, index) => {
        const offset = from + index + 1;
        const place = { stream_id: 'inbox', epoch: 'e', offset };
        return { cursor: `${offset}`, created_at: 0, ...messageCreated(offset), ...place };
      });
      const reached = Math.max(from, state.last);
      return { events, cursor: `${reached}`, streams: { inbox: position(reached) }, reset: false };
    };
    return { feed, state };
  }

  it('moves from socket to feed and back, and emits each event once', async () => {
    const { feed, state } = numberedFeed();
    const room = subscribe({ feed });
    live(room, { inbox: position(0) });
    state.last = 1;
    room.frame(messageFrame(1, 'inbox', 1));
    state.last = 2;
    connection.isUp = false;
    socketDown(room, 2);
    await expect.poll(() => heard).toEqual([1, 2]);
    expect(state.queries[0]).toMatchObject({ streams: '{"inbox":{"offset":1,"epoch":"e"}}' });
    expect(room.state).toBe('polling');
    state.last = 4;
    connection.isUp = true;
    room.socketUp(false);
    const streams = { inbox: position(2) };
    expect(connection.sent.at(-1)).toEqual({ command: 'subscribe', identifier, history: { streams } });
    room.frame(answerFrame('confirm_subscription'));
    for (const offset of [3, 4]) room.frame(messageFrame(offset, 'inbox', offset));
    room.frame(answerFrame('confirm_history', { inbox: position(4) }));
    room.frame(messageFrame(5, 'inbox', 5));
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    expect(resets).toBe(1);
    room.close();
  });

  it('continues with the feed when a new socket breaks at once', async () => {
    const { feed, state } = numberedFeed();
    const room = subscribe({ feed });
    connection.isUp = false;
    socketDown(room, 2);
    await expect.poll(() => room.state).toBe('polling');
    room.socketUp(false);
    room.frame(answerFrame('confirm_subscription'));
    room.frame(messageFrame(1, 'inbox', 1));
    socketDown(room, 0);
    state.last = 2;
    await expect.poll(() => heard).toEqual([1, 2]);
    expect(resets).toBe(1);
    room.close();
  });

  it('delivers held events after a rejected history', async () => {
    const room = subscribe({ positions: { streams: { inbox: position(1, 'old') } } });
    room.socketUp(false);
    room.frame(answerFrame('confirm_subscription'));
    room.frame(messageFrame(9, 'inbox', 2));
    room.frame(answerFrame('reject_history'));
    expect(heard).toEqual([9]);
    expect(resets).toBe(1);
  });

  it('emits reset after every break on the base protocol', async () => {
    connection.isExtended = false;
    const room = subscribe();
    live(room);
    room.frame({ identifier, message: messageCreated(1) });
    socketDown(room, 0);
    live(room);
    expect(connection.sent).toEqual(Array(2).fill({ command: 'subscribe', identifier }));
    expect(resets).toBe(2);
    expect(heard).toEqual([1]);
  });

  it('subscribes with new parameters after a rejection', async () => {
    const renewParams = vi.fn(async () => ({ channel: 'RoomChannel', pubsub_token: 'new' }));
    const room = subscribe({ renewParams });
    room.socketUp(false);
    room.frame({ type: 'reject_subscription', identifier });
    await expect
      .poll(() => connection.sent.at(-1))
      .toEqual({
        command: 'subscribe',
        identifier: '{"channel":"RoomChannel","pubsub_token":"new"}',
      });
    expect(connection.renamed).toHaveBeenCalledWith(identifier);
  });

  it('keeps asking for new parameters while sockets come and go', async () => {
    let answers = 3;
    const renewParams = vi.fn(async () => {
      if (answers-- > 0) throw new Error('Not yet');
      return { channel: 'RoomChannel', pubsub_token: 'new' };
    });
    const room = subscribe({ renewParams });
    room.refused();
    socketDown(room, 1);
    room.socketUp(false);
    socketDown(room, 2);
    await expect.poll(() => room.identifier).toContain('new');
    expect(renewParams).toHaveBeenCalledTimes(4);
  });

  it('sends heartbeats of presence by the clock of the pings', async () => {
    const room = subscribe({ presence: 20 });
    live(room);
    for (let now = 1000; now < 1050; now += 3) room.frame({ type: 'ping', message: now });
    expect(connection.sent.filter(({ command }) => command === 'message')).toHaveLength(2);
  });

  it('joins the presence set again after a break, and emits its members', async () => {
    const room = subscribe();
    const seen: string[][] = [];
    room.on('members', (members) => seen.push(members.map(({ id }) => id)));
    room.join({ id: '7/42' });
    live(room);
    const joining = [
      { command: 'join', identifier, presence: { id: '7/42' } },
      { command: 'presence', identifier, data: { return_records: true } },
    ];
    expect(connection.sent.slice(1)).toEqual(joining);
    room.frame({
      type: 'presence',
      identifier,
      message: { type: 'info', total: 1, records: [{ id: '7/42' }] },
    });
    room.frame({ type: 'presence', identifier, message: { type: 'join', id: '8/42' } });
    room.frame({ type: 'presence', identifier, message: { type: 'leave', id: '7/42' } });
    expect(seen).toEqual([['7/42'], ['7/42', '8/42'], ['8/42']]);
    connection.sent.length = 0;
    socketDown(room, 1);
    live(room);
    expect(connection.sent.slice(1)).toEqual(joining);
    connection.sent.length = 0;
    room.join({ id: '7/43' });
    expect(connection.sent[0]).toEqual({ command: 'leave', identifier });
  });

  it('sends an action as JSON text', async () => {
    const room = subscribe();
    room.perform('update_presence');
    expect(connection.sent).toEqual([
      { command: 'message', identifier, data: '{"action":"update_presence"}' },
    ]);
  });

  it('emits nothing after close', async () => {
    const room = subscribe();
    live(room);
    room.close();
    room.frame(messageFrame(1, 'inbox', 1));
    expect(heard).toEqual([]);
    expect(connection.closed).toHaveBeenCalledWith(identifier);
  });
});
