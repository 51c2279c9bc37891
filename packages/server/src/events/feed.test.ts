/** The feeds of both APIs through HTTP (decisions.md 6). */
import type { EventPage } from '@hoory/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  insertAccountRow,
  insertInboxRow,
  insertSessionRow,
  insertUserRow,
} from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { installations, listenUrlOf, startTestServer, type TestServer } from '../../test/server.ts';
import type { ContactInboxRow, InboxRow, UserRow } from '../db/tables.ts';
import { emitAccessChanges } from './access.ts';
import { streamOf } from './emit.ts';
import { pruneLog } from './prune.ts';

describe.each(installations)('the feed on %s', (engine) => {
  let server: TestServer;
  let account_id: number;
  let inbox: InboxRow;
  let session: ContactInboxRow;
  let agent: UserRow;

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    account_id = await insertAccountRow(server.app);
    inbox = await insertInboxRow(server.app, account_id);
    session = await insertSessionRow(server.app, inbox);
    agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
  });

  const say = (n: number, ...streams: string[]) =>
    server.app.db.write(async (tx) => logEvent(tx, 'message.created', [{ streams, data: { n } }]));

  const get = async (path: string, headers: Record<string, string>, query: object) => {
    const answer = await fetch(`${listenUrlOf(server)}${path}?${new URLSearchParams({ ...query })}`, {
      headers,
    });
    return { status: answer.status, body: (await answer.json()) as EventPage };
  };
  const atSession = (query: object, { source_id } = session) =>
    get(`/public/api/v1/inboxes/${inbox.identifier}/contacts/${source_id}/events`, {}, query);
  const atDesk = (query: object, { access_token } = agent) =>
    get(`/api/v1/accounts/${account_id}/events`, { api_access_token: access_token }, query);
  const numbers = ({ body }: { body: EventPage }) => body.events.map(({ data }) => data.n);

  it('starts from now and continues after a page or after any event', async () => {
    const own = streamOf.session(session.id);
    await say(1, own);
    const start = await atSession({});
    expect(start).toMatchObject({ status: 200, body: { events: [], reset: false } });
    for (const n of [2, 3, 4]) await say(n, own);
    const page = await atSession({ after: start.body.cursor, limit: '2' });
    expect(numbers(page)).toEqual([2, 3]);
    expect(page.body.events[0]).toMatchObject({
      event: 'message.created',
      created_at: expect.closeTo(Date.now() / 1000, -2),
    });
    expect(page.body.cursor).toBe(page.body.events[1]?.cursor);
    expect(numbers(await atSession({ after: page.body.cursor }))).toEqual([4]);
    expect(numbers(await atSession({ after: page.body.events[0]?.cursor }))).toEqual([3, 4]);
  });

  it('waits for the first event, at most for the requested time', async () => {
    const { body } = await atSession({});
    const waiting = atSession({ after: body.cursor, wait: '20' });
    const impatient = await atSession({ after: body.cursor, wait: '1' });
    expect(impatient.body.events).toEqual([]);
    await say(1, streamOf.session(session.id));
    expect(numbers(await waiting)).toEqual([1]);
  });

  it('resets when the log no longer reaches back', async () => {
    const own = streamOf.session(session.id);
    const { body } = await atSession({});
    for (const n of [1, 2, 3]) await say(n, own);
    await pruneLog(server.app.db, { age: 3_600_000, events: 2 }, Date.now());
    const { body: late } = await atSession({ after: body.cursor });
    expect(late).toMatchObject({ events: [], reset: true });
    await say(4, own);
    expect(numbers(await atSession({ after: late.cursor }))).toEqual([4]);
  });

  it("refuses a cursor that is made up or somebody else's", async () => {
    const { body } = await atSession({});
    const other = await insertSessionRow(server.app, inbox);
    expect((await atSession({ after: body.cursor }, other)).status).toBe(422);
    for (const after of ['x', 'x.y', `${body.cursor}x`])
      expect((await atSession({ after })).status).toBe(422);
  });

  it("brings an agent its inboxes, the account's and its own events in order, and nothing else", async () => {
    const foreign = await insertInboxRow(server.app, account_id);
    const { body } = await atDesk({});
    await say(1, streamOf.inbox(inbox.id));
    await say(2, streamOf.inbox(foreign.id));
    await say(3, streamOf.user(agent.id));
    await say(4, streamOf.account(account_id));
    await say(5, streamOf.inbox(inbox.id));
    const page = await atDesk({ after: body.cursor });
    expect(numbers(page)).toEqual(expect.arrayContaining([1, 3, 4, 5]));
    expect(page.body.events).toHaveLength(4);
    expect(numbers(await atDesk({ after: page.body.cursor }))).toEqual([]);
    const middle = page.body.events[1];
    expect(numbers(await atDesk({ after: middle?.cursor }))).toEqual(numbers(page).slice(2));
  });

  it('sends positions as the cable does, and continues from them', async () => {
    const { body: start } = await atDesk({});
    await say(1, streamOf.inbox(inbox.id));
    await say(2, streamOf.account(account_id));
    const { body: page } = await atDesk({ after: start.cursor });
    const [first, second] = page.events.map(({ stream_id, epoch, offset }) => ({
      [stream_id]: { epoch, offset },
    }));
    expect(page.streams).toEqual({ ...start.streams, ...first, ...second });
    const from = (streams: object) => atDesk({ streams: JSON.stringify(streams) });
    expect(numbers(await from(start.streams))).toEqual([1, 2]);
    expect(numbers(await from({ ...start.streams, ...first }))).toEqual([2]);
    expect((await from(page.streams)).body).toMatchObject({ events: [], reset: false });
  });

  it('resets when a position is missing, of another epoch or ahead of its stream', async () => {
    await say(1, streamOf.inbox(inbox.id));
    const { streams } = (await atDesk({})).body;
    const [id, { epoch, offset }] = Object.entries(streams)[0]!;
    for (const wrong of [
      undefined,
      null,
      { epoch: 'x', offset },
      { epoch, offset: 99 },
      { epoch, offset: 'x' },
    ]) {
      const { body } = await atDesk({ streams: JSON.stringify({ ...streams, [id]: wrong }) });
      expect(body).toMatchObject({ events: [], reset: true, streams });
    }
  });

  it('refuses positions that are not a JSON object, or come with a cursor', async () => {
    const { cursor } = (await atDesk({})).body;
    for (const query of [{ streams: 'x' }, { streams: '[]' }, { streams: '{}', after: cursor }])
      expect((await atDesk(query)).status).toBe(422);
  });

  it('includes an inbox that was created after the cursor, from its first event', async () => {
    const boss = await insertUserRow(server.app, { account_id, role: 'administrator' });
    const { body } = await atDesk({}, boss);
    const young = await insertInboxRow(server.app, account_id);
    await say(1, streamOf.inbox(young.id));
    expect(numbers(await atDesk({ after: body.cursor }, boss))).toEqual([1]);
  });

  it('sends no event of an inbox that the agent lost while waiting', async () => {
    const { body } = await atDesk({});
    const waiting = atDesk({ after: body.cursor, wait: '2' });
    await atDesk({});
    await server.app.db.write((tx) => tx.run(tx.q.deleteFrom('inbox_members')));
    await say(1, streamOf.inbox(inbox.id));
    expect((await waiting).body.events).toEqual([]);
  });

  it('refuses a session whose inbox begins to enforce identity while it waits', async () => {
    const { body } = await atSession({});
    const waiting = atSession({ after: body.cursor, wait: '20' });
    await atSession({});
    await server.app.db.write(async (tx) => {
      await tx.run(
        tx.q.updateTable('inboxes').set({ identity_policy: 'enforce' }).where('id', '=', inbox.id),
      );
      emitAccessChanges(tx, [{ account_id, inbox_id: inbox.id }]);
    });
    expect((await waiting).status).toBe(401);
  });
});
