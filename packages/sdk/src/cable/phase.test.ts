/** Every transition between the phases of a subscription: what the app sees, and which commands are sent. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answerFrame,
  FakeConnection,
  identifier,
  messageFrame,
  position,
} from '../../test/fake-connection.ts';
import { type ChannelParams, Subscription } from './subscription.ts';

type Events = { 'message.created': { id: number } };

const old: ChannelParams = { channel: 'RoomChannel' };
const renewed: ChannelParams = { channel: 'RoomChannel', pubsub_token: 'new' };
const newIdentifier = JSON.stringify(renewed);
const history = { streams: { inbox: position(1) } };
/** An hour between two attempts: only `wake` ends the wait. */
const retry = { minMs: 3_600_000, maxMs: 3_600_000 };

let connection: FakeConnection;
let log: string[];

beforeEach(() => {
  vi.useFakeTimers();
  connection = new FakeConnection();
  log = [];
});

afterEach(() => {
  vi.useRealTimers();
});

interface Setup {
  hasPositions?: boolean;
  renewParams?: () => Promise<ChannelParams>;
}

function open({ hasPositions, renewParams }: Setup = {}): Subscription<Events> {
  const positions = hasPositions ? history : undefined;
  Object.assign(connection.timeouts, { retry });
  const room = new Subscription<Events>(connection, { params: old, positions, renewParams }, connection);
  room.on('state', (state) => log.push(state));
  room.on('reset', () => log.push('reset'));
  room.on('message.created', ({ id }) => log.push(`message ${id}`));
  return room;
}

/** Puts a new subscription into each phase. */
const enter = {
  disconnected: open,
  subscribing: (setup?: Setup) => {
    const room = open(setup);
    room.socketUp(false);
    return room;
  },
  replaying: () => {
    const room = enter.subscribing({ hasPositions: true });
    room.frame(answerFrame('confirm_subscription'));
    return room;
  },
  live: (setup?: Setup) => {
    const room = enter.subscribing(setup);
    room.frame(answerFrame('confirm_subscription'));
    return room;
  },
  rejected: () => {
    const room = enter.subscribing();
    room.frame(answerFrame('reject_subscription'));
    return room;
  },
  renewing: (renewParams: () => Promise<ChannelParams> = () => new Promise(() => {})) => {
    const room = enter.subscribing({ renewParams });
    room.frame(answerFrame('reject_subscription'));
    vi.advanceTimersByTime(1);
    return room;
  },
  closed: () => {
    const room = open();
    room.close();
    return room;
  },
};

/** The events that `act` emits and the commands that it sends. */
async function after(room: Subscription<Events>, act: (room: Subscription<Events>) => void) {
  log.length = 0;
  connection.sent.length = 0;
  act(room);
  await vi.advanceTimersByTimeAsync(1);
  return { log: [...log], sent: [...connection.sent], state: room.state };
}

const timeOut = () => vi.advanceTimersByTime(connection.timeouts.confirmMs);
const subscribe = { command: 'subscribe', identifier };
const unsubscribe = { command: 'unsubscribe', identifier };

describe('without a socket', () => {
  it('subscribes on a socket, with the positions it has', async () => {
    expect(await after(open(), (room) => room.socketUp(false))).toEqual({
      log: [],
      sent: [subscribe],
      state: 'connecting',
    });
    expect(await after(open({ hasPositions: true }), (room) => room.socketUp(false))).toEqual({
      log: [],
      sent: [{ ...subscribe, history }],
      state: 'connecting',
    });
  });

  it('asks for the history on a socket that was restored', async () => {
    expect(await after(open({ hasPositions: true }), (room) => room.socketUp(true))).toEqual({
      log: [],
      sent: [{ command: 'history', identifier, history }],
      state: 'connecting',
    });
  });

  it('is offline after a failed socket', async () => {
    const room = enter.disconnected();
    expect(await after(room, () => room.socketDown())).toMatchObject({ log: ['offline'], sent: [] });
    expect(await after(room, () => room.socketDown())).toMatchObject({ log: [], state: 'offline' });
  });

  it('is rejected with the whole connection', async () => {
    expect(await after(open(), (room) => room.refused())).toMatchObject({ log: ['rejected'], sent: [] });
  });

  it('drops events, which a replay brings again', async () => {
    const room = enter.disconnected();
    const dropped = await after(room, () => room.frame(messageFrame(1, 'inbox', 1)));
    expect(dropped).toEqual({ log: [], sent: [], state: 'connecting' });
    expect(room.positions).toEqual({ streams: {} });
  });
});

describe('subscribing', () => {
  it('is live after the confirmation when it asked for no history', async () => {
    const room = enter.subscribing();
    room.frame(messageFrame(2, 'inbox', 2));
    const confirmed = await after(room, () => room.frame(answerFrame('confirm_subscription')));
    expect(confirmed).toMatchObject({ log: ['reset', 'live', 'message 2'], sent: [] });
  });

  it('replays after the confirmation when it asked for a history', async () => {
    const room = enter.subscribing({ hasPositions: true });
    const confirmed = await after(room, () => room.frame(answerFrame('confirm_subscription')));
    expect(confirmed).toEqual({ log: [], sent: [], state: 'connecting' });
    expect(await after(room, timeOut)).toMatchObject({ log: ['reset', 'live'] });
  });

  it('is live after a history that comes without a confirmation', async () => {
    const room = enter.subscribing({ hasPositions: true });
    expect(await after(room, () => room.frame(answerFrame('confirm_history')))).toMatchObject({
      log: ['live'],
    });
  });

  it('is rejected, or renews its parameters, when the server rejects it', async () => {
    const reject = (room: Subscription<Events>) => room.frame(answerFrame('reject_subscription'));
    expect(await after(enter.subscribing(), reject)).toMatchObject({ log: ['rejected'], sent: [] });
    const renewParams = vi.fn(async () => renewed);
    expect(await after(enter.subscribing({ renewParams }), reject)).toMatchObject({
      log: ['rejected', 'connecting'],
      sent: [unsubscribe, { command: 'subscribe', identifier: newIdentifier }],
    });
  });

  it('subscribes again when no answer comes', async () => {
    expect(await after(enter.subscribing(), timeOut)).toMatchObject({ log: ['rejected'], sent: [subscribe] });
  });

  it('renews its parameters when no answer comes', async () => {
    const renewParams = vi.fn(() => new Promise<ChannelParams>(() => {}));
    expect(await after(enter.subscribing({ renewParams }), timeOut)).toMatchObject({
      log: ['rejected'],
      sent: [],
    });
    expect(renewParams).toHaveBeenCalledOnce();
  });

  it('is offline, and drops what it held, when the socket breaks', async () => {
    const room = enter.subscribing({ hasPositions: true });
    room.frame(messageFrame(2, 'inbox', 2));
    expect(await after(room, () => room.socketDown())).toMatchObject({ log: ['offline'], sent: [] });
    expect(room.positions).toEqual(history);
    expect(await after(room, timeOut)).toMatchObject({ log: [], sent: [] });
  });
});

describe('replaying', () => {
  it('is live when the history has come', async () => {
    const room = enter.replaying();
    room.frame(messageFrame(3, 'inbox', 3));
    room.frame(messageFrame(2, 'inbox', 2));
    const streams = { inbox: position(3) };
    expect(await after(room, () => room.frame(answerFrame('confirm_history', streams)))).toMatchObject({
      log: ['live', 'message 2', 'message 3'],
    });
    expect(room.positions).toEqual({ streams });
  });

  it('is live, and may have missed events, when the history is rejected or does not come', async () => {
    const reject = (room: Subscription<Events>) => room.frame(answerFrame('reject_history'));
    expect(await after(enter.replaying(), reject)).toMatchObject({ log: ['reset', 'live'] });
    expect(await after(enter.replaying(), timeOut)).toMatchObject({ log: ['reset', 'live'] });
  });

  it('is rejected, or offline', async () => {
    const reject = (room: Subscription<Events>) => room.frame(answerFrame('reject_subscription'));
    expect(await after(enter.replaying(), reject)).toMatchObject({ log: ['rejected'] });
    expect(await after(enter.replaying(), (room) => room.socketDown())).toMatchObject({ log: ['offline'] });
  });

  it('is not live when a listener of reset closes it', async () => {
    const room = enter.replaying();
    room.on('reset', () => room.close());
    room.frame(messageFrame(2, 'inbox', 2));
    expect(await after(room, timeOut)).toMatchObject({ log: ['reset', 'closed'], sent: [unsubscribe] });
  });
});

describe('live', () => {
  it('stays live with every answer, and emits reset when the server says that events are lost', async () => {
    const room = enter.live();
    const streams = { inbox: position(4) };
    const confirm = () => room.frame(answerFrame('confirm_history', streams));
    expect(await after(room, confirm)).toEqual({ log: [], sent: [], state: 'live' });
    expect(room.positions).toEqual({ streams });
    const reject = () => room.frame(answerFrame('reject_history'));
    expect(await after(room, reject)).toEqual({ log: ['reset'], sent: [], state: 'live' });
  });

  it('is rejected, or offline', async () => {
    const reject = (room: Subscription<Events>) => room.frame(answerFrame('reject_subscription'));
    expect(await after(enter.live(), reject)).toMatchObject({ log: ['rejected'] });
    expect(await after(enter.live(), (room) => room.socketDown())).toMatchObject({ log: ['offline'] });
  });
});

describe('rejected', () => {
  it('stays so without a socket, and subscribes with the next one', async () => {
    const room = enter.rejected();
    expect(await after(room, () => room.socketDown())).toEqual({ log: [], sent: [], state: 'rejected' });
    const asked = await after(room, () => room.socketUp(false));
    expect(asked).toEqual({ log: [], sent: [subscribe], state: 'rejected' });
    expect(await after(room, () => room.socketDown())).toMatchObject({ log: [], state: 'rejected' });
  });

  it('is live when the server confirms late', async () => {
    const confirm = (room: Subscription<Events>) => room.frame(answerFrame('confirm_subscription'));
    expect(await after(enter.rejected(), confirm)).toMatchObject({ log: ['reset', 'live'] });
  });
});

describe('renewing', () => {
  it('ignores sockets and further rejections', async () => {
    const renewParams = vi.fn(() => new Promise<ChannelParams>(() => {}));
    const room = enter.renewing(renewParams);
    const ignored = await after(room, () => {
      room.socketDown();
      room.socketUp(false);
      room.refused();
      room.frame(messageFrame(1, 'inbox', 1));
    });
    expect(ignored).toEqual({ log: [], sent: [], state: 'rejected' });
    expect(renewParams).toHaveBeenCalledOnce();
  });

  it('subscribes with the new parameters, or waits for a socket with them', async () => {
    for (const isUp of [true, false]) {
      let resolve = (_: ChannelParams) => {};
      const room = enter.renewing(() => new Promise((done) => (resolve = done)));
      connection.isUp = isUp;
      const sent = isUp ? [unsubscribe, { command: 'subscribe', identifier: newIdentifier }] : [unsubscribe];
      const restarted = await after(room, () => resolve(renewed));
      expect(restarted).toEqual({ log: ['connecting'], sent, state: 'connecting' });
      expect(connection.renamed).toHaveBeenCalledWith(identifier);
      connection.isUp = true;
    }
  });

  it('tries again at once when it is woken', async () => {
    const renewParams = vi.fn(async (): Promise<ChannelParams> => {
      throw new Error('No proof yet');
    });
    const room = enter.renewing(renewParams);
    await vi.advanceTimersByTimeAsync(1);
    expect(renewParams).toHaveBeenCalledTimes(1);
    await after(room, () => room.wake());
    expect(renewParams).toHaveBeenCalledTimes(2);
    renewParams.mockResolvedValue(renewed);
    expect(await after(room, () => room.wake())).toMatchObject({ log: ['connecting'] });
  });

  it('is live when the server confirms late, and drops the new parameters', async () => {
    let resolve = (_: ChannelParams) => {};
    const room = enter.renewing(() => new Promise((done) => (resolve = done)));
    const confirm = () => room.frame(answerFrame('confirm_subscription'));
    expect(await after(room, confirm)).toMatchObject({ log: ['reset', 'live'] });
    expect(await after(room, () => resolve(renewed))).toEqual({ log: [], sent: [], state: 'live' });
  });
});

describe('closed', () => {
  it.each(Object.keys(enter))('ends the phase %s', async (name) => {
    const phases: Record<string, () => Subscription<Events>> = enter;
    const room = phases[name]!();
    const isClosed = name === 'closed';
    expect(await after(room, () => room.close())).toEqual({
      log: isClosed ? [] : ['closed'],
      sent: isClosed ? [] : [unsubscribe],
      state: 'closed',
    });
    expect(connection.closed).toHaveBeenCalledOnce();
  });

  it('ignores everything', async () => {
    const ignored = await after(enter.closed(), (room) => {
      room.socketUp(false);
      room.socketDown();
      room.refused();
      room.wake();
      room.frame(answerFrame('confirm_subscription'));
      room.frame(answerFrame('reject_history'));
      room.frame(messageFrame(1, 'inbox', 1));
      timeOut();
    });
    expect(ignored).toEqual({ log: [], sent: [], state: 'closed' });
  });
});
