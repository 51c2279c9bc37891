/** The extended protocol: sessions, positions and history (cable.md part D), and a restart of the server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertAccountRow, insertInboxRow, insertSessionRow } from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { contactIdentifier, ext, type Frame, openRaw, type RawCable } from '../../test/raw-cable.ts';
import {
  engines,
  type Fresh,
  freshConfig,
  installations,
  startTestServer,
  type TestServer,
} from '../../test/server.ts';
import { type Sides, sidesOf, untilKept } from '../../test/sides.ts';
import type { App } from '../app.ts';
import type { ContactInboxRow, InboxRow } from '../db/tables.ts';
import { streamOf } from '../events/emit.ts';
import { pruneLog } from '../events/prune.ts';
import { type Server, startServer } from '../main.ts';

/** A session of a contact in a new inbox. */
async function createSession(app: App) {
  const inbox = await insertInboxRow(app, await insertAccountRow(app));
  const session = await insertSessionRow(app, inbox);
  return { inbox, session, identifier: contactIdentifier(session.pubsub_token) };
}

async function sayTo({ app }: Pick<Server, 'app'>, { id }: ContactInboxRow, numbers: number[]) {
  for (const n of numbers)
    await app.db.write(async (tx) =>
      logEvent(tx, 'message.created', [{ streams: [streamOf.session(id)], data: { n } }]),
    );
}

const until = (cable: RawCable, n: number) => cable.until(({ message }) => message?.data?.n === n);

/** The history request of a client that has seen this frame. */
const after = ({ stream_id, offset, epoch }: Frame, since = 0) => ({
  since,
  streams: { [stream_id as string]: { offset, epoch } },
});

const types = (cable: RawCable) =>
  cable.frames
    .filter(({ message }) => message?.event !== 'presence.update')
    .map(({ type, message }) => type ?? message?.data?.n);

describe.each(installations)('resuming on %s', (engine) => {
  let server: TestServer;
  let sides: Sides;
  let inbox: InboxRow;
  let session: ContactInboxRow;
  let identifier: string;
  const opened: RawCable[] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    sides = sidesOf(server);
    ({ inbox, session, identifier } = await createSession(server.app));
  });

  afterEach(() => {
    for (const cable of opened.splice(0)) cable.ws.terminate();
  });

  function open(options: Parameters<typeof openRaw>[1] = {}): RawCable {
    const cable = openRaw(sides.listening.url, { protocol: ext, ...options });
    opened.push(cable);
    return cable;
  }

  const say = (...numbers: number[]) => sayTo(sides.speaking, session, numbers);

  async function subscribed(more: object = {}) {
    const cable = open({ first: [{ command: 'subscribe', identifier, ...more }] });
    await cable.until((frame) => frame.type === 'confirm_subscription');
    return cable;
  }

  test('confirms once to a client that subscribes to what was restored for it', async () => {
    const first = await subscribed();
    await say(1);
    const seen = await until(first, 1);
    const sid = await sides.lose(first);
    await say(2);
    const subscribe = { command: 'subscribe', identifier };
    const second = open({ query: `?sid=${sid}`, first: [{ ...subscribe, history: after(seen) }, subscribe] });
    await second.until((frame) => frame.type === 'confirm_history');
    await second.settled();
    expect(second.frames[0]).toMatchObject({ restored: true, restored_ids: [identifier] });
    expect(types(second)).toEqual(['welcome', 'confirm_subscription', 2, 'confirm_history', 'pong']);
    await say(3);
    await until(second, 3);
  });

  test('resumes a session: restored identifiers, then exactly what was missed, then what is new', async () => {
    const first = await subscribed();
    await say(1, 2);
    const seen = await until(first, 2);
    const sid = await sides.lose(first);
    await say(3, 4);
    const second = open({ query: `?sid=${sid}` });
    const welcome = await second.until((frame) => frame.type === 'welcome');
    expect(welcome).toMatchObject({ restored: true, restored_ids: [identifier] });
    expect(welcome.sid).not.toBe(sid);
    await say(5);
    second.send({ command: 'history', identifier, history: after(seen) });
    await until(second, 5);
    await say(6);
    await until(second, 6);
    expect(types(second)).toEqual(['welcome', 3, 4, 'confirm_history', 5, 6]);
    expect(second.frames.flatMap(({ offset }) => offset ?? [])).toEqual([3, 4, 5, 6]);
  });

  test('restores a session whose socket the server still believes to be alive', async () => {
    const first = await subscribed();
    const sid = String(first.frames[0]?.sid);
    await untilKept(sides.listening, sid);
    sides.swap();
    const history = { command: 'history', identifier };
    const second = open({ query: `?sid=${sid}`, first: [history] });
    expect(await second.until((frame) => frame.type === 'welcome')).toMatchObject({ restored: true });
    await first.closed;
    await say(1);
    await until(second, 1);
    const third = open({ query: `?sid=${sid}` });
    expect(await third.until((frame) => frame.type === 'welcome')).not.toHaveProperty('restored');
  });

  test('does not restore what is no longer allowed', async () => {
    const first = await subscribed();
    const sid = await sides.lose(first);
    await server.app.db.write((tx) =>
      tx.run(tx.q.updateTable('inboxes').set({ identity_policy: 'enforce' }).where('id', '=', inbox.id)),
    );
    const second = open({ query: `?sid=${sid}` });
    expect(await second.until((frame) => frame.type === 'welcome')).toMatchObject({ restored_ids: [] });
    await say(1);
    await second.settled();
    expect(second.numbers()).toEqual([]);
  });

  test('a position at the newest entry is answered with nothing', async () => {
    const first = await subscribed();
    await say(1);
    const seen = await until(first, 1);
    const second = await subscribed({ history: after(seen) });
    await second.settled();
    expect(types(second)).toEqual(['welcome', 'confirm_subscription', 'confirm_history', 'pong']);
  });

  test('brings what happened since a time to whoever has no position', async () => {
    await say(1);
    const cable = await subscribed({ history: { since: Math.floor(Date.now() / 1000) - 5, streams: {} } });
    await cable.until((frame) => frame.type === 'confirm_history');
    expect(types(cable)).toEqual(['welcome', 'confirm_subscription', 1, 'confirm_history']);
    const later = await subscribed({ history: { since: Math.floor(Date.now() / 1000) + 60 } });
    await later.until((frame) => frame.type === 'reject_history');
    expect(later.numbers()).toEqual([]);
  });

  test('rejects positions that are pruned, of another epoch, ahead of the stream or malformed', async () => {
    const first = await subscribed();
    await say(1, 2, 3, 4);
    const [one, four] = [await until(first, 1), await until(first, 4)];
    await pruneLog(server.app.db, { age: 3_600_000, events: 2 }, Date.now());
    for (const wrong of [
      after(one, 1),
      after({ ...four, epoch: 'other' }),
      after({ ...four, offset: 500 }),
      after({ ...four, offset: 'x' as unknown as number }),
    ]) {
      const cable = await subscribed({ history: wrong });
      await cable.settled();
      expect(types(cable)).toEqual(['welcome', 'confirm_subscription', 'reject_history', 'pong']);
      await say(9);
      await until(cable, 9);
    }
  });

  test('ignores positions of streams that are not attached, and history without a question', async () => {
    const cable = await subscribed();
    cable.send({
      command: 'history',
      identifier,
      history: { streams: { other: { offset: 7, epoch: 'x' } } },
    });
    cable.send({ command: 'history', identifier, history: {} });
    cable.send({ command: 'history', identifier: 'unknown', history: { since: 1 } });
    await cable.settled();
    const answers = cable.frames.filter((frame) => frame.type?.endsWith('_history'));
    expect(answers).toMatchObject([{ identifier, type: 'confirm_history' }]);
  });

  test('never sends older events behind newer ones, but repeats what it sent when it is asked', async () => {
    const first = await subscribed();
    await say(1);
    const one = await until(first, 1);
    const second = await subscribed();
    await say(2, 3);
    const three = await until(second, 3);
    second.send({ command: 'history', identifier, history: after({ ...three, offset: 0 }) });
    await second.until((frame) => frame.type === 'reject_history');
    expect(second.numbers()).toEqual([2, 3]);
    first.frames.length = 0;
    first.send({ command: 'history', identifier, history: after(one) });
    await first.until((frame) => frame.type === 'confirm_history');
    expect(first.numbers()).toEqual([2, 3]);
  });

  test('a reader that keeps up gets a long history whole, in order, and new events after it', async () => {
    await server.app.db.write(async (tx) => {
      const text = 'x'.repeat(2000);
      for (let n = 1; n <= 3000; n++)
        logEvent(tx, 'message.created', [{ streams: [streamOf.session(session.id)], data: { n, text } }]);
    });
    const cable = await subscribed({ history: { since: 1 } });
    await say(3001);
    await until(cable, 3001);
    expect(cable.numbers()).toEqual(Array.from({ length: 3001 }, (_, index) => index + 1));
  });

  test('loses, repeats and disorders nothing while many write and a client comes and goes', async () => {
    const heard: number[] = [];
    let last: Frame | undefined;
    let sid = '';
    const total = 400;
    const writing = (async () => {
      for (let n = 1; n <= total; n += 4) await Promise.all([say(n), say(n + 1), say(n + 2), say(n + 3)]);
    })();
    for (let round = 0; heard.length < total; round++) {
      const history = last ? after(last) : { since: 1 };
      const isResuming = round % 2 === 1 && sid;
      const cable = open(
        isResuming
          ? { query: `?sid=${sid}`, first: [{ command: 'history', identifier, history }] }
          : { first: [{ command: 'subscribe', identifier, history }] },
      );
      const goal = Math.min(total, heard.length + 37);
      await cable.until(({ offset }) => offset === goal);
      sid = await sides.lose(cable);
      await cable.closed;
      for (const frame of cable.frames) {
        if (!frame.offset) continue;
        heard.push(frame.offset);
        last = frame;
      }
    }
    await writing;
    expect(heard).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  });

  test('keeps a presence set: join, records, leave when the last session is gone', async () => {
    const one = await subscribed({ presence: { id: 'phone', info: { os: 'x' } } });
    const two = await subscribed();
    two.send({ command: 'join', identifier, presence: { id: 'laptop', info: {} } });
    await one.until(({ message }) => message?.type === 'join' && message.id === 'laptop');
    two.send({ command: 'join', identifier, presence: { id: 'second', info: {} } });
    two.send({ command: 'presence', identifier, data: { return_records: true } });
    const answer = await two.until(({ message }) => message?.type === 'info');
    expect(answer).toEqual({
      type: 'presence',
      identifier,
      message: {
        type: 'info',
        total: 2,
        records: [
          { id: 'phone', info: { os: 'x' } },
          { id: 'laptop', info: {} },
        ],
      },
    });
    two.send({ command: 'unsubscribe', identifier });
    expect(await one.until(({ message }) => message?.type === 'leave')).toEqual({
      type: 'presence',
      identifier,
      message: { type: 'leave', id: 'laptop' },
    });
  });
});

describe.each(engines)('a restart on %s', (engine) => {
  let fresh: Fresh;
  let server: Server;
  const opened: RawCable[] = [];

  beforeAll(async () => {
    fresh = await freshConfig(engine);
    server = await startServer(fresh.config);
  });
  afterAll(async () => {
    for (const cable of opened) cable.ws.terminate();
    await server.close();
    await fresh.release();
  });

  function open(options: Parameters<typeof openRaw>[1]): RawCable {
    const cable = openRaw(server.app.url(), options);
    opened.push(cable);
    return cable;
  }

  test('is followed by an ordinary welcome, and history by position brings exactly what was missed', async () => {
    const { session, identifier } = await createSession(server.app);
    const subscribe = { command: 'subscribe', identifier };
    const first = open({ protocol: ext, first: [subscribe] });
    await first.until(({ type }) => type === 'confirm_subscription');
    const base = open({ protocol: 'actioncable-v1-json' });
    await base.until(({ type }) => type === 'welcome');
    const sid = String(first.frames[0]?.sid);
    await sayTo(server, session, [1, 2]);
    const seen = await until(first, 2);
    await server.close();
    expect(await first.closed).toBe(1012);
    expect(first.frames.some((frame) => frame.type === 'disconnect')).toBe(false);
    expect(await base.closed).toBe(1000);
    expect(base.frames.at(-1)).toEqual({ type: 'disconnect', reason: 'server_restart', reconnect: true });
    server = await startServer(fresh.config);
    await sayTo(server, session, [3, 4]);
    const second = open({
      protocol: ext,
      query: `?sid=${sid}`,
      first: [{ ...subscribe, history: after(seen, 1) }],
    });
    await second.until((frame) => frame.type === 'confirm_history');
    await sayTo(server, session, [5]);
    await until(second, 5);
    expect(second.frames[0]).not.toHaveProperty('restored');
    expect(types(second)).toEqual(['welcome', 'confirm_subscription', 3, 4, 'confirm_history', 5]);
    const next = await until(second, 3);
    expect([next.stream_id, next.epoch, next.offset]).toEqual([seen.stream_id, seen.epoch, 3]);
  });
});
