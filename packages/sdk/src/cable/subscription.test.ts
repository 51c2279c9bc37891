/** A subscription by itself: which commands it sends, and what it makes of the frames that come back. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultTimeouts } from '../timeouts.ts';
import type { ClientCommand, StreamPositions } from '../wire.ts';
import type { FeedFetch } from './feed.ts';
import type { Frame } from './frames.ts';
import { type Line, type SubscribeOptions, Subscription } from './subscription.ts';

type Events = { 'message.created': { id: number }; 'contact.updated': { name: string } };

class Mailbox implements Line {
  isUp = true;
  extended = true;
  readonly timeouts = { ...defaultTimeouts, retry: { minMs: 1, maxMs: 1 } };
  readonly sent: ClientCommand[] = [];
  readonly send = (command: ClientCommand) => void this.sent.push(command);
  readonly tryNow = async () => {};
  readonly renamed = vi.fn();
  readonly left = vi.fn();
}

let line: Mailbox;
let heard: number[];
let resets: number;

beforeEach(() => {
  line = new Mailbox();
  heard = [];
  resets = 0;
});

function subscribe(options: Partial<SubscribeOptions<Events>> = {}): Subscription<Events> {
  const room = new Subscription<Events>(line, { params: { channel: 'RoomChannel' }, ...options });
  room.on('message.created', ({ id }) => heard.push(id));
  room.on('reset', () => resets++);
  return room;
}

const identifier = '{"channel":"RoomChannel"}';
const message = (id: number) => ({ event: 'message.created', data: { id, updated_at: `${id}` } });
const recorded = (id: number, stream_id: string, offset: number): Frame => {
  return { identifier, message: message(id), stream_id, epoch: 'e', offset };
};
type Answer = 'confirm_subscription' | 'confirm_history' | 'reject_history';
const reply = (type: Answer, streams?: StreamPositions): Frame => {
  return { type, identifier, ...(streams && { streams }) };
};
const at = (offset: number, epoch = 'e') => ({ offset, epoch });

function live(room: Subscription<Events>, streams?: StreamPositions): void {
  room.socketUp(false);
  room.frame(reply('confirm_subscription', streams));
  expect(room.state).toBe('live');
}

describe('a subscription', () => {
  it('asks to fetch anew when it begins, and says it once', async () => {
    live(subscribe());
    expect(line.sent).toEqual([{ command: 'subscribe', identifier }]);
    expect(resets).toBe(1);
  });

  it('goes on from the position of each stream after a break', async () => {
    const room = subscribe();
    live(room);
    room.frame(recorded(1, 'inbox', 7));
    room.frame(recorded(2, 'account', 3));
    room.socketDown(0);
    room.socketUp(true);
    const streams = { inbox: at(7), account: at(3) };
    expect(line.sent.at(-1)).toEqual({ command: 'history', identifier, history: { streams } });
    room.frame(reply('confirm_history'));
    expect(room.state).toBe('live');
    expect(resets).toBe(1);
  });

  it('knows the positions of all streams from the confirmation on', () => {
    const room = subscribe();
    live(room, { inbox: at(6), account: at(3), user: at(0) });
    room.frame(recorded(7, 'inbox', 7));
    room.socketDown(0);
    room.socketUp(false);
    const streams = { inbox: at(7), account: at(3), user: at(0) };
    expect(line.sent.at(-1)).toEqual({ command: 'subscribe', identifier, history: { streams } });
    room.frame(reply('confirm_subscription'));
    room.frame(recorded(1, 'user', 1));
    room.frame(reply('confirm_history', { inbox: at(7), account: at(3), user: at(1), gained: at(9) }));
    expect(heard).toEqual([7, 1]);
    expect(room.positions.streams).toEqual({ ...streams, user: at(1), gained: at(9) });
    expect(resets).toBe(1);
  });

  it('asks a restored session for all of its history when the first confirmation was lost', () => {
    const room = subscribe();
    room.socketUp(false);
    room.socketDown(0);
    room.socketUp(true);
    expect(line.sent.at(-1)).toEqual({ command: 'history', identifier, history: { streams: {} } });
    room.frame(recorded(4, 'inbox', 4));
    room.frame(reply('confirm_history', { inbox: at(4) }));
    expect(resets).toBe(1);
    expect(room.positions.streams).toEqual({ inbox: at(4) });
  });

  it('never takes an older offset for its position, however late the history comes', () => {
    const room = subscribe({ positions: { streams: { inbox: at(1) } } });
    room.socketUp(true);
    room.frame(reply('confirm_history', { inbox: at(1) }));
    room.frame(recorded(5, 'inbox', 5));
    for (const offset of [2, 3, 4]) room.frame(recorded(offset, 'inbox', offset));
    room.frame(reply('confirm_history', { inbox: at(3) }));
    expect(room.positions.streams).toEqual({ inbox: at(5) });
  });

  it('asks to fetch anew whenever the server says that events are lost, also without being asked', () => {
    const room = subscribe();
    live(room, { inbox: at(6) });
    room.frame(reply('reject_history', { inbox: at(90) }));
    expect(resets).toBe(2);
    room.frame(recorded(91, 'inbox', 91));
    expect(heard).toEqual([91]);
    expect(room.state).toBe('live');
  });

  it('passes on every event, also one that says the same as an earlier one', () => {
    const names: string[] = [];
    const room = subscribe();
    room.on('event', (one) => {
      if (one.event === 'contact.updated') names.push(one.data.name);
    });
    live(room, { account: at(0) });
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

  it('waits for a history as long as it comes, and no longer', () => {
    vi.useFakeTimers();
    try {
      const room = subscribe({ positions: { streams: { inbox: at(0) } } });
      room.socketUp(true);
      for (let offset = 1; offset <= 3; offset++) {
        vi.advanceTimersByTime(line.timeouts.confirmMs - 1);
        room.frame(recorded(offset, 'inbox', offset));
      }
      expect(room.state).not.toBe('live');
      vi.advanceTimersByTime(line.timeouts.confirmMs);
      expect(room.state).toBe('live');
      expect(resets).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks again for a subscription that the server does not answer', () => {
    vi.useFakeTimers();
    try {
      const room = subscribe();
      room.socketUp(false);
      vi.advanceTimersByTime(line.timeouts.confirmMs);
      expect(line.sent).toEqual(Array(2).fill({ command: 'subscribe', identifier }));
      room.frame(reply('confirm_subscription'));
      expect(room.state).toBe('live');
    } finally {
      vi.useRealTimers();
    }
  });

  it('puts live events behind the replayed ones of their stream', async () => {
    const room = subscribe({ positions: { streams: { inbox: { offset: 1, epoch: 'e' } } } });
    room.socketUp(false);
    room.frame(reply('confirm_subscription'));
    room.frame(recorded(5, 'inbox', 5));
    for (const offset of [2, 3, 4, 5]) room.frame(recorded(offset, 'inbox', offset));
    room.frame(reply('confirm_history'));
    await vi.waitFor(() => expect(heard).toEqual([2, 3, 4, 5]));
    expect(resets).toBe(0);
    expect(room.positions.streams).toEqual({ inbox: { offset: 5, epoch: 'e' } });
  });

  it('knows by its position what it has had, however long ago', async () => {
    const room = subscribe();
    live(room);
    for (let offset = 1; offset <= 1000; offset++) room.frame(recorded(offset, 'inbox', offset));
    room.frame(recorded(1, 'inbox', 1));
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
      const position = streams ? (JSON.parse(streams) as StreamPositions).inbox : undefined;
      const from = position?.offset ?? Number(after ?? state.last);
      const events = Array.from({ length: Math.max(0, state.last - from) }, (_, index) => {
        const offset = from + index + 1;
        const place = { stream_id: 'inbox', epoch: 'e', offset };
        return { cursor: `${offset}`, created_at: 0, ...message(offset), ...place };
      });
      const reached = Math.max(from, state.last);
      return { events, cursor: `${reached}`, streams: { inbox: at(reached) }, reset: false };
    };
    return { feed, state };
  }

  it('goes on from the socket to the feed and back, and hears each event once', async () => {
    const { feed, state } = numberedFeed();
    const room = subscribe({ feed });
    live(room, { inbox: at(0) });
    state.last = 1;
    room.frame(recorded(1, 'inbox', 1));
    state.last = 2;
    line.isUp = false;
    room.socketDown(2);
    await vi.waitFor(() => expect(heard).toEqual([1, 2]));
    expect(state.queries[0]).toMatchObject({ streams: '{"inbox":{"offset":1,"epoch":"e"}}' });
    expect(room.state).toBe('polling');
    state.last = 4;
    line.isUp = true;
    room.socketUp(false);
    const streams = { inbox: at(2) };
    expect(line.sent.at(-1)).toEqual({ command: 'subscribe', identifier, history: { streams } });
    room.frame(reply('confirm_subscription'));
    for (const offset of [3, 4]) room.frame(recorded(offset, 'inbox', offset));
    room.frame(reply('confirm_history', { inbox: at(4) }));
    room.frame(recorded(5, 'inbox', 5));
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    expect(resets).toBe(1);
    room.close();
  });

  it('goes on with the feed when the socket that came back is gone again', async () => {
    const { feed, state } = numberedFeed();
    const room = subscribe({ feed });
    line.isUp = false;
    room.socketDown(2);
    await vi.waitFor(() => expect(room.state).toBe('polling'));
    room.socketUp(false);
    room.frame(reply('confirm_subscription'));
    room.frame(recorded(1, 'inbox', 1));
    room.socketDown(0);
    state.last = 2;
    await vi.waitFor(() => expect(heard).toEqual([1, 2]));
    expect(resets).toBe(1);
    room.close();
  });

  it('passes on what came live although the history was refused', async () => {
    const room = subscribe({ positions: { streams: { inbox: { offset: 1, epoch: 'old' } } } });
    room.socketUp(false);
    room.frame(reply('confirm_subscription'));
    room.frame(recorded(9, 'inbox', 2));
    room.frame(reply('reject_history'));
    expect(heard).toEqual([9]);
    expect(resets).toBe(1);
  });

  it('asks to fetch anew after every break of a server that keeps no positions', async () => {
    line.extended = false;
    const room = subscribe();
    live(room);
    room.frame({ identifier, message: message(1) });
    room.socketDown(0);
    live(room);
    expect(line.sent).toEqual(Array(2).fill({ command: 'subscribe', identifier }));
    expect(resets).toBe(2);
    expect(heard).toEqual([1]);
  });

  it('takes new parameters when the server refuses the old ones', async () => {
    const heal = vi.fn(async () => ({ channel: 'RoomChannel', pubsub_token: 'new' }));
    const room = subscribe({ heal });
    room.socketUp(false);
    room.frame({ type: 'reject_subscription', identifier });
    await vi.waitFor(() =>
      expect(line.sent.at(-1)).toEqual({
        command: 'subscribe',
        identifier: '{"channel":"RoomChannel","pubsub_token":"new"}',
      }),
    );
    expect(line.renamed).toHaveBeenCalledWith(identifier);
  });

  it('keeps asking for new parameters, however the sockets come and go', async () => {
    let answers = 3;
    const heal = vi.fn(async () => {
      if (answers-- > 0) throw new Error('Not yet');
      return { channel: 'RoomChannel', pubsub_token: 'new' };
    });
    const room = subscribe({ heal });
    room.refused();
    room.socketDown(1);
    room.socketUp(false);
    room.socketDown(2);
    await vi.waitFor(() => expect(room.identifier).toContain('new'));
    expect(heal).toHaveBeenCalledTimes(4);
  });

  it('shows presence as often as it should, by the clock of the pings', async () => {
    const room = subscribe({ presence: 20 });
    live(room);
    for (let now = 1000; now < 1050; now += 3) room.frame({ type: 'ping', message: now });
    expect(line.sent.filter(({ command }) => command === 'message')).toHaveLength(2);
  });

  it('joins the presence set again after a break, and tells who is in it', async () => {
    const room = subscribe();
    const seen: string[][] = [];
    room.on('members', (members) => seen.push(members.map(({ id }) => id)));
    room.join({ id: '7/42' });
    live(room);
    const joining = [
      { command: 'join', identifier, presence: { id: '7/42' } },
      { command: 'presence', identifier, data: { return_records: true } },
    ];
    expect(line.sent.slice(1)).toEqual(joining);
    room.frame({
      type: 'presence',
      identifier,
      message: { type: 'info', total: 1, records: [{ id: '7/42' }] },
    });
    room.frame({ type: 'presence', identifier, message: { type: 'join', id: '8/42' } });
    room.frame({ type: 'presence', identifier, message: { type: 'leave', id: '7/42' } });
    expect(seen).toEqual([['7/42'], ['7/42', '8/42'], ['8/42']]);
    line.sent.length = 0;
    room.socketDown(1);
    live(room);
    expect(line.sent.slice(1)).toEqual(joining);
    line.sent.length = 0;
    room.join({ id: '7/43' });
    expect(line.sent[0]).toEqual({ command: 'leave', identifier });
  });

  it('calls actions as the channel wants them', async () => {
    const room = subscribe();
    room.perform('update_presence');
    expect(line.sent).toEqual([{ command: 'message', identifier, data: '{"action":"update_presence"}' }]);
  });

  it('says nothing more once it is closed', async () => {
    const room = subscribe();
    live(room);
    room.close();
    room.frame(recorded(1, 'inbox', 1));
    expect(heard).toEqual([]);
    expect(line.left).toHaveBeenCalledWith(identifier);
  });
});
