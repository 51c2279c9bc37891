/** Packs of the log: readers notice nothing, and neither pruning nor erasing leaves a payload in them. */
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertAccountRow, insertInboxRow, insertSessionRow } from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { contactIdentifier, ext, openRaw } from '../../test/raw-cable.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { packRows } from '../db/packs.ts';
import type { ContactInboxRow, InboxRow } from '../db/tables.ts';
import { streamOf } from './emit.ts';
import { packLog } from './pack.ts';
import { pruneLog } from './prune.ts';
import { readAfter } from './read.ts';
import { emptyStreams, rewriteEntries } from './rewrite.ts';
import { listUnpacked } from './store.ts';

const minute = 60_000;

describe.each(engines)('packs of the log on %s', (engine) => {
  let server: TestServer;
  let inbox: InboxRow;
  let session: ContactInboxRow;
  let own: string;
  let shared: string;
  /** Stands still, so that the server itself packs nothing. */
  let now: number;

  beforeEach(async () => {
    now = Date.now();
    server = await startTestServer({ engine, now: () => now });
    inbox = await insertInboxRow(server.app, await insertAccountRow(server.app));
    session = await insertSessionRow(server.app, inbox);
    own = streamOf.session(session.id);
    shared = streamOf.inbox(inbox.id);
  });
  afterEach(() => server.stop());

  /** Logs an event of the session and one of the inbox for each number from `first` to `last`. */
  const say = (first: number, last: number) =>
    server.app.db.write(async (tx) => {
      for (let n = first; n <= last; n++)
        logEvent(tx, 'message.created', [
          { streams: [own], data: { n, text: `line\nof ${n} "ü\u2028😀"` } },
          { streams: [shared], data: { n, text: `secret ${n}` } },
        ]);
    });
  const pack = (later = 2 * minute) => packLog(server.app.db, now + later);
  const read = async (stream: string, after = 0, limit = 1000) =>
    (await readAfter(server.app.db, stream, after, limit)).map(({ offset, payload }) => ({
      offset,
      payload,
    }));
  const packs = () => server.app.db.all(server.app.db.q.selectFrom('packs').selectAll());
  const textOfPacks = async () =>
    (await packs()).map(({ texts }) => brotliDecompressSync(texts).toString()).join('\n');
  const storedPayloads = async () =>
    (await server.app.db.all(server.app.db.q.selectFrom('events').select('payload').orderBy('id'))).map(
      (row) => row.payload,
    );

  it('are read like the events themselves, from every position', async () => {
    await say(1, 100);
    const before = { own: await read(own), shared: await read(shared) };
    expect(await pack()).toBe(3);
    expect((await storedPayloads()).filter((payload) => payload === '')).toHaveLength(192);
    expect({ own: await read(own), shared: await read(shared) }).toEqual(before);
    await say(101, 102);
    for (const after of [0, 31, 32, 33, 63, 95, 96, 99, 101])
      expect(await read(own, after, 3)).toEqual((await read(own)).slice(after, after + 3));
  });

  it('hold complete groups of events that are a minute old', async () => {
    await say(1, 40);
    expect(await pack(minute - 1000)).toBe(0);
    expect(await pack()).toBe(1);
    expect(await pack()).toBe(0);
    expect((await storedPayloads()).filter(Boolean)).toHaveLength(16);
  });

  it('are complete with few events when those are long', async () => {
    const text = 'x'.repeat(90_000);
    await server.app.db.write(async (tx) => {
      for (let n = 1; n <= 3; n++) logEvent(tx, 'note', [{ streams: [own], data: { n, text } }]);
    });
    expect(await pack()).toBe(1);
    expect((await storedPayloads()).map(({ length }) => length > 0)).toEqual([false, false, true]);
  });

  it('leave the events alone when one changes while they are compressed', async () => {
    await say(1, 32);
    const [first] = await listUnpacked(server.app.db);
    const packed = await packRows(server.app.db, {
      noun: 'events',
      listNext: async (db) => {
        const rows = await listUnpacked(db);
        await server.app.db.write((tx) =>
          tx.run(
            tx.q
              .updateTable('events')
              .set({ payload: '{"event":"x","data":{}}' })
              .where('id', '=', first!.id),
          ),
        );
        return rows;
      },
    });
    expect(packed).toBe(0);
    expect(await packs()).toEqual([]);
    expect((await read(own))[0]?.payload).toBe('{"event":"x","data":{}}');
    expect((await read(own, 1)).map(({ payload }) => JSON.parse(payload).data.n)).toEqual(
      Array.from({ length: 31 }, (_, index) => index + 2),
    );
  });

  it('go with the last of their events, whether those are too many or too old', async () => {
    await say(1, 100);
    await pack();
    await pruneLog(server.app.db, { age: 1e9, events: 40 }, now);
    expect(await packs()).toHaveLength(2);
    expect((await read(own)).map(({ offset }) => offset)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 61),
    );
    await pruneLog(server.app.db, { age: minute, events: 1000 }, now + 2 * minute);
    expect(await packs()).toEqual([]);
    expect(await read(own)).toEqual([]);
  });

  it('contain nothing of erased events, and the others as they were', async () => {
    await say(1, 100);
    await pack();
    const others = await read(own);
    await server.app.db.write(async (tx) => {
      await rewriteEntries(tx, {
        streams: [shared],
        texts: ['SECRET'],
        isMeant: (_event, { n }) => n !== 7,
        event: 'contact.deleted',
        data: { id: 1 },
      });
    });
    expect(await textOfPacks()).not.toMatch(/secret (?!7")/);
    expect(await read(own)).toEqual(others);
    expect((await read(shared)).map(({ payload }) => JSON.parse(payload))).toEqual(
      Array.from({ length: 100 }, (_, index) =>
        index === 6
          ? { event: 'message.created', data: { n: 7, text: 'secret 7' } }
          : { event: 'contact.deleted', data: { id: 1 } },
      ),
    );
    await server.app.db.write((tx) => emptyStreams(tx, [own]));
    expect(await textOfPacks()).not.toContain('line');
    await server.app.db.write((tx) => emptyStreams(tx, [shared]));
    expect(await packs()).toEqual([]);
  });

  it('reach a client that returns by the feed or by the socket, each event once and in order', async () => {
    const path = `/public/api/v1/inboxes/${inbox.identifier}/contacts/${session.source_id}/events`;
    const feed = async (query: object) => {
      const answer = await fetch(`${server.url}${path}?${new URLSearchParams({ limit: '30', ...query })}`);
      return (await answer.json()) as { cursor: string; streams: object; events: { data: { n: number } }[] };
    };
    const start = await feed({});
    await say(1, 90);
    await pack();
    await say(91, 95);
    const heard: number[] = [];
    for (let { cursor } = start; heard.length < 95; ) {
      const page = await feed({ after: cursor });
      if (!page.events.length) break;
      heard.push(...page.events.map(({ data }) => data.n));
      cursor = page.cursor;
    }
    const all = Array.from({ length: 95 }, (_, index) => index + 1);
    expect(heard).toEqual(all);

    const identifier = contactIdentifier(session.pubsub_token);
    const cable = openRaw(server.url, { protocol: ext });
    await cable.until(({ type }) => type === 'welcome');
    cable.send({ command: 'subscribe', identifier, history: { since: 0, streams: start.streams } });
    await cable.until(({ message }) => message?.data?.n === 95);
    expect(cable.frames.flatMap(({ message }) => message?.data?.n ?? [])).toEqual(all);
    await cable.close();
  });
});
