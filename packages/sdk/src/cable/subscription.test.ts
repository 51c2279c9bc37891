/** A subscription by itself: which commands it sends, and what it makes of the frames that come back. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultPatience } from '../patience.ts';
import type { FeedFetch } from './feed.ts';
import type { Command, ServerFrame } from './frames.ts';
import { type Line, type SubscribeOptions, Subscription } from './subscription.ts';

type Events = { 'message.created': { id: number } };

class Mailbox implements Line {
  isUp = true;
  extended = true;
  readonly patience = { ...defaultPatience, retry: { min: 1, max: 1 } };
  readonly sent: Command[] = [];
  readonly send = (command: Command) => void this.sent.push(command);
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
const recorded = (id: number, stream_id: string, offset: number): ServerFrame => {
  return { identifier, message: message(id), stream_id, epoch: 'e', offset };
};
const reply = (type: 'confirm_subscription' | 'confirm_history' | 'reject_history'): ServerFrame => {
  return { type, identifier };
};

async function live(room: Subscription<Events>): Promise<void> {
  room.socketUp(false);
  room.frame(reply('confirm_subscription'));
  await vi.waitFor(() => expect(room.state).toBe('live'));
}

describe('a subscription', () => {
  it('asks to fetch anew when it begins, and says it once', async () => {
    await live(subscribe());
    expect(line.sent).toEqual([{ command: 'subscribe', identifier }]);
    expect(resets).toBe(1);
  });

  it('goes on from the position of each stream after a break', async () => {
    const room = subscribe();
    await live(room);
    room.frame(recorded(1, 'inbox', 7));
    room.frame(recorded(2, 'account', 3));
    room.frame({ type: 'ping', message: 1000 });
    room.socketDown(0);
    room.socketUp(true);
    const streams = { inbox: { offset: 7, epoch: 'e' }, account: { offset: 3, epoch: 'e' } };
    expect(line.sent.at(-1)).toEqual({ command: 'history', identifier, history: { streams, since: 995 } });
    room.frame(reply('confirm_history'));
    await vi.waitFor(() => expect(room.state).toBe('live'));
    expect(resets).toBe(1);
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
    await live(room);
    for (let offset = 1; offset <= 1000; offset++) room.frame(recorded(offset, 'inbox', offset));
    room.frame(recorded(1, 'inbox', 1));
    expect(heard).toHaveLength(1000);
  });

  it('hears once what the feed and the socket both bring', async () => {
    let known = 0;
    const feed: FeedFetch = async ({ after, wait }) => {
      if (after === String(known) && wait) await new Promise((resolve) => setTimeout(resolve, 5));
      const isNews = after !== undefined && Number(after) < known;
      const events = isNews ? [{ cursor: `${known}`, created_at: 0, ...message(known) }] : [];
      return { events, cursor: String(known), reset: false };
    };
    const room = subscribe({ feed });
    line.isUp = false;
    room.socketDown(2);
    await vi.waitFor(() => expect(room.state).toBe('polling'));
    known = 1;
    await vi.waitFor(() => expect(heard).toEqual([1]));
    known = 2;
    room.socketUp(false);
    room.frame(reply('confirm_subscription'));
    room.frame(recorded(2, 'inbox', 2));
    room.frame(recorded(3, 'inbox', 3));
    await vi.waitFor(() => expect(room.state).toBe('live'));
    expect(heard).toEqual([1, 2, 3]);
    expect(resets).toBe(1);
    room.close();
  });

  it('passes on what came live although the history was refused', async () => {
    const room = subscribe({ positions: { streams: { inbox: { offset: 1, epoch: 'old' } } } });
    room.socketUp(false);
    room.frame(reply('confirm_subscription'));
    room.frame(recorded(9, 'inbox', 2));
    room.frame(reply('reject_history'));
    await vi.waitFor(() => expect(heard).toEqual([9]));
    expect(resets).toBe(1);
  });

  it('asks to fetch anew after every break of a server that keeps no positions', async () => {
    line.extended = false;
    const room = subscribe();
    await live(room);
    room.frame({ identifier, message: message(1) });
    room.socketDown(0);
    await live(room);
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
    await live(room);
    for (let now = 1000; now < 1050; now += 3) room.frame({ type: 'ping', message: now });
    expect(line.sent.filter(({ command }) => command === 'message')).toHaveLength(2);
  });

  it('joins the presence set again after a break, and tells who is in it', async () => {
    const room = subscribe();
    const seen: string[][] = [];
    room.on('members', (members) => seen.push(members.map(({ id }) => id)));
    room.join({ id: '7/42' });
    await live(room);
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
    await live(room);
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
    await live(room);
    room.close();
    room.frame(recorded(1, 'inbox', 1));
    expect(heard).toEqual([]);
    expect(line.left).toHaveBeenCalledWith(identifier);
  });
});
