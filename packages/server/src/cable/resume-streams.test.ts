/**
 * Resuming a subscription of several streams: which of them go on, from where and in which order (cable.md D.3). With two nodes a
 * lost socket comes back at the other one.
 */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertAccountRow, insertInboxRow, insertUserRow } from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { agentIdentifier, base, ext, type Frame, openRaw, type RawCable } from '../../test/raw-cable.ts';
import { engines, installations, startTestServer, type TestServer } from '../../test/server.ts';
import { type Sides, sidesOf } from '../../test/sides.ts';
import type { UserRow } from '../db/tables.ts';
import { streamOf } from '../events/emit.ts';
import { pruneLog } from '../events/prune.ts';

type Streams = Record<string, { offset: number; epoch: string }>;

describe.each(installations)('resuming several streams on %s', (engine) => {
  let server: TestServer;
  let sides: Sides;
  let account_id: number;
  let agent: UserRow;
  let identifier: string;
  /** Streams that the agent hears. */
  let shop: string;
  let account: string;
  /** Milliseconds by which the server's clock is ahead. */
  let ahead = 0;
  const opened: RawCable[] = [];
  const now = () => Date.now() + ahead;

  beforeAll(async () => {
    server = await startTestServer({ engine, now });
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    sides = sidesOf(server);
    account_id = await insertAccountRow(server.app);
    const inbox = await insertInboxRow(server.app, account_id);
    agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
    identifier = agentIdentifier(agent, account_id);
    shop = streamOf.inbox(inbox.id);
    account = streamOf.account(account_id);
  });

  afterEach(() => {
    for (const cable of opened.splice(0)) cable.ws.terminate();
  });

  function open(options: Parameters<typeof openRaw>[1] = {}): RawCable {
    const cable = openRaw(sides.listening.url, { protocol: ext, ...options });
    opened.push(cable);
    return cable;
  }

  async function subscribed(more: object = {}, protocol = ext) {
    const cable = open({ protocol, first: [{ command: 'subscribe', identifier, ...more }] });
    const confirmation = await cable.until((frame) => frame.type === 'confirm_subscription');
    return { cable, streams: confirmation.streams as Streams };
  }

  const resumed = (sid: string, ...first: object[]) => open({ query: `?sid=${sid}`, first });

  const say = (stream: string, n: number) =>
    sides.speaking.app.db.write(async (tx) =>
      logEvent(tx, 'message.created', [{ streams: [stream], data: { n } }]),
    );

  const until = (cable: RawCable, n: number) => cable.until(({ message }) => message?.data?.n === n);
  const answered = (cable: RawCable) => cable.until(({ type }) => !!type?.endsWith('_history'));
  const positionOf = ({ stream_id, epoch, offset }: Frame) => ({ [stream_id as string]: { epoch, offset } });
  const history = (asked: object) => ({ command: 'history', identifier, history: asked });

  test('the confirmation tells the position of every stream, and a subscription can begin at them', async () => {
    await say(shop, 1);
    const { cable, streams } = await subscribed();
    expect(
      Object.values(streams)
        .map(({ offset }) => offset)
        .sort(),
    ).toEqual([0, 0, 0, 1]);
    await cable.close();
    await say(shop, 2);
    await say(account, 3);
    const { cable: later, streams: none } = await subscribed({ history: { streams } });
    const { type, streams: reached } = await answered(later);
    expect([none, type]).toEqual([undefined, 'confirm_history']);
    expect(later.numbers().sort()).toEqual([2, 3]);
    expect(
      Object.values(reached as Streams)
        .map(({ offset }) => offset)
        .sort(),
    ).toEqual([0, 0, 1, 2]);
    expect((await subscribed({}, base)).streams).toBeUndefined();
  });

  test('a restored session gets what it missed of streams of which it had heard nothing', async () => {
    const { cable } = await subscribed();
    await say(shop, 1);
    const heard = await until(cable, 1);
    const sid = await sides.lose(cable);
    await say(account, 2);
    await say(shop, 3);
    const second = resumed(sid, history({ streams: positionOf(heard) }));
    expect((await answered(second)).type).toBe('confirm_history');
    expect(second.numbers().sort()).toEqual([2, 3]);
  });

  test('a restored session that knows no position asks without one, as often as it is cut', async () => {
    let { cable } = await subscribed();
    for (const n of [1, 2]) {
      const sid = await sides.lose(cable);
      await say(account, n);
      cable = resumed(sid);
      await cable.until(({ type }) => type === 'welcome');
    }
    cable.send({ command: 'history', identifier });
    expect((await answered(cable)).type).toBe('confirm_history');
    expect(cable.numbers()).toEqual([1, 2]);
  });

  test('a client that knows some of its streams and no time is told to fetch anew', async () => {
    const { cable } = await subscribed();
    await say(shop, 1);
    const heard = await until(cable, 1);
    await say(account, 2);
    const { cable: second } = await subscribed({ history: { streams: positionOf(heard) } });
    expect((await answered(second)).type).toBe('reject_history');
    await say(account, 3);
    await until(second, 3);
    expect(second.numbers()).toEqual([3]);
  });

  test('sends nothing new before what was missed, however late the history is asked for', async () => {
    const { cable } = await subscribed();
    await say(shop, 1);
    const heard = await until(cable, 1);
    const sid = await sides.lose(cable);
    await say(shop, 2);
    const second = resumed(sid);
    await second.until(({ type }) => type === 'welcome');
    const { cable: witness } = await subscribed();
    await say(shop, 3);
    await until(witness, 3);
    await second.settled();
    expect(second.numbers()).toEqual([]);
    second.send(history({ streams: positionOf(heard) }));
    await answered(second);
    await say(shop, 4);
    await until(second, 4);
    expect(second.numbers()).toEqual([2, 3, 4]);
  });

  test('a restored session that never asks is told to fetch anew, and then sent what is new', async () => {
    const { cable } = await subscribed();
    const sid = await sides.lose(cable);
    await say(shop, 1);
    const second = resumed(sid);
    await second.until(({ type }) => type === 'welcome');
    await say(shop, 2);
    ahead += 9000;
    await second.settled();
    expect(second.frames.filter(({ type }) => type?.endsWith('_history'))).toEqual([]);
    ahead += 1000;
    expect((await answered(second)).type).toBe('reject_history');
    await until(second, 2);
    expect(second.numbers()).toEqual([2]);
    second.send(history({ streams: {} }));
    await second.settled();
    expect(second.numbers()).toEqual([2]);
    // A client that is cut before it hears any of this says the same as one that heard it all.
    const third = resumed(await sides.lose(second), history({ streams: {} }));
    expect((await answered(third)).type).toBe('confirm_history');
    expect(third.numbers()).toEqual([1, 2]);
  });

  test('a restored session does not wait longer when the clock is set back', async () => {
    const { cable } = await subscribed();
    const second = resumed(await sides.lose(cable));
    await second.until(({ type }) => type === 'welcome');
    await say(shop, 1);
    await second.settled();
    ahead -= 3_600_000;
    expect((await answered(second)).type).toBe('reject_history');
    await until(second, 1);
  });

  test('a client that is cut before it hears that it must fetch anew is told again', async () => {
    const { cable } = await subscribed();
    await say(shop, 1);
    const heard = await until(cable, 1);
    const sid = await sides.lose(cable);
    for (const n of [2, 3, 4]) await say(account, n);
    await pruneLog(server.app.db, { age: 1e9, events: 2 }, now());
    const asked = history({ since: Math.floor(now() / 1000), streams: positionOf(heard) });
    const second = resumed(sid, asked);
    expect((await answered(second)).type).toBe('reject_history');
    const third = resumed(await sides.lose(second), asked);
    expect((await answered(third)).type).toBe('reject_history');
    await say(account, 5);
    const five = await until(third, 5);
    expect(third.numbers()).toEqual([5]);
    const last = await sides.lose(third);
    await say(account, 6);
    const known = { ...positionOf(heard), ...positionOf(five) };
    const fourth = resumed(last, history({ streams: known }));
    expect((await answered(fourth)).type).toBe('confirm_history');
    expect(fourth.numbers()).toEqual([6]);
  });

  test('a client that subscribes, is refused its history and cut is told again', async () => {
    const { cable } = await subscribed();
    await say(shop, 1);
    const heard = await until(cable, 1);
    await say(account, 2);
    const asked = { streams: positionOf(heard) };
    const { cable: second } = await subscribed({ history: asked });
    expect((await answered(second)).type).toBe('reject_history');
    expect((await answered(resumed(await sides.lose(second), history(asked)))).type).toBe('reject_history');
  });

  test('a confirmed history that a client asks for while it hears events proves nothing of streams it does not name', async () => {
    const { cable } = await subscribed();
    await say(account, 1);
    await until(cable, 1);
    cable.send(history({ streams: {} }));
    await answered(cable);
    const second = resumed(await sides.lose(cable), history({ streams: {} }));
    expect((await answered(second)).type).toBe('confirm_history');
    expect(second.numbers()).toEqual([1]);
  });

  test('a restored client that names no position of a stream it gained meanwhile is told to fetch anew', async () => {
    const { cable } = await subscribed();
    const sid = await sides.lose(cable);
    const gained = await insertInboxRow(server.app, account_id);
    await server.app.db.write((tx) =>
      tx.run(
        tx.q.insertInto('inbox_members').values({ inbox_id: gained.id, user_id: agent.id, created_at: 0 }),
      ),
    );
    await say(streamOf.inbox(gained.id), 1);
    const second = resumed(sid, history({ streams: {} }));
    expect((await answered(second)).type).toBe('reject_history');
  });

  test('since includes an event whose commit ended later than the event says', async () => {
    const { cable } = await subscribed();
    ahead += 600_000;
    await say(account, 1);
    await until(cable, 1);
    ahead += 120_000;
    const asked = now();
    // It gets its time before the commit, which then takes 5 s.
    await say(account, 2);
    ahead += 5000;
    const since = Math.floor((asked + 4000) / 1000);
    const { cable: second } = await subscribed({ history: { since } });
    expect((await answered(second)).type).toBe('confirm_history');
    expect(second.numbers()).toEqual([2]);
  });

  test('since is refused when the log does not reach back to it', async () => {
    for (const n of [1, 2, 3]) {
      await say(account, n);
      ahead += 120_000;
    }
    await pruneLog(server.app.db, { age: 1e9, events: 1 }, now());
    const since = Math.floor((now() - 350_000) / 1000);
    expect((await answered((await subscribed({ history: { since } })).cable)).type).toBe('reject_history');
  });

  test('what is pruned while it is sent is not passed over in silence', async () => {
    const { streams } = await subscribed();
    const text = 'x'.repeat(4000);
    for (let n = 1; n <= 10; n++)
      await server.app.db.write(async (tx) => {
        for (let m = 0; m < 100; m++)
          logEvent(tx, 'message.created', [{ streams: [shop], data: { n: (n - 1) * 100 + m + 1, text } }]);
      });
    const cable = open({ first: [{ command: 'subscribe', identifier, history: { streams } }] });
    cable.ws.pause();
    await new Promise((resolve) => cable.ws.once('open', resolve));
    await pruneLog(server.app.db, { age: 1e9, events: 10 }, now());
    cable.ws.resume();
    const { type } = await answered(cable);
    const heard = cable.numbers() as number[];
    expect(heard).toEqual(heard.map((_, index) => index + 1));
    expect(type).toBe(heard.length === 1000 ? 'confirm_history' : 'reject_history');
  });
});

describe.runIf(engines.includes('postgres'))('since while a commit takes its time on postgres', () => {
  /** Commits wait for this lock of the database. */
  const lock = 7;

  test('includes what was committed after it', async () => {
    let ahead = 0;
    const now = () => Date.now() + ahead;
    const server = await startTestServer({ engine: 'postgres', now });
    const holder = new pg.Client({ connectionString: server.env.DATABASE_URL });
    await holder.connect();
    await holder.query(`
      create function wait_at_commit() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(${lock}); return null; end $$;
      create constraint trigger slow after insert on events deferrable initially deferred
        for each row execute function wait_at_commit();
      select pg_advisory_lock(${lock})`);
    const account_id = await insertAccountRow(server.app);
    const agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [] });
    const identifier = agentIdentifier(agent, account_id);
    const writing = server.app.db.write(async (tx) =>
      logEvent(tx, 'message.created', [{ streams: [streamOf.account(account_id)], data: { n: 1 } }]),
    );
    const waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted";
    await expect.poll(async () => (await holder.query(waiting)).rowCount).toBe(1);
    ahead += 9000;
    const since = Math.floor(now() / 1000);
    await holder.query(`select pg_advisory_unlock(${lock})`);
    await writing;
    const cable = openRaw(server.url, {
      protocol: ext,
      first: [{ command: 'subscribe', identifier, history: { since } }],
    });
    await cable.until(({ type }) => type === 'confirm_history');
    expect(cable.numbers()).toEqual([1]);
    cable.ws.terminate();
    await holder.end();
    await server.stop();
  });
});
