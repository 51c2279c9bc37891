/**
 * A backup is made while customers post, and restored on another machine: every message that was acknowledged before it began is there
 * once, with its files, and every client is told to fetch everything anew.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '@hoory/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { makeBackup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { findLastBackup } from '../../src/backup/store.ts';
import { type Server, startServer } from '../../src/main.ts';
import { type Bucket, openBucket } from '../bucket.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { runVerb } from '../process.ts';
import { contactIdentifier, ext, type Frame, openRaw } from '../raw-cable.ts';
import { emptyConfig, engines, type Fresh } from '../server.ts';

const releases: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

const passphrase = 'correct horse battery staple';
const posters = 8;
/** More than fits into memory at once is read as a stream, from 1 MB on. */
const photo = Buffer.alloc(3 * 1024 * 1024, 'photo');

const cases = engines.flatMap((engine) => [
  { engine, from: 'folder', to: 'folder' },
  { engine, from: 'bucket', to: 'bucket' },
  { engine, from: 'bucket', to: 'folder' },
]);

describe.each(cases)('$engine, from a $from to a $to', ({ engine, from, to }) => {
  test('keeps what was acknowledged before it began', { timeout: 180_000 }, async () => {
    const old = await startClientApiServer({ engine, settings: await storage(from) });
    releases.push(() => old.stop());
    const customers = await Promise.all(Array.from({ length: posters }, () => old.createConversation()));
    const [first] = customers;
    if (!first) throw new Error('no customer');
    const seen = await listen(old.url, first.session.pubsub_token, async () => {
      await old.postMessage(first.place, { content: 'seen' });
    });
    const feed = await feedOf(old.url, old.inbox.identifier, first.session.source_id);
    const file = await postFile(old, first.place);

    const acknowledged = customers.map((): string[] => []);
    let isOver = false;
    const posting = customers.map(async ({ place }, index) => {
      for (let count = 0; !isOver; count++) {
        const content = `customer ${index} message ${count}`;
        const { status } = await old.postMessage(place, { content, echo_id: content });
        expect(status).toBe(200);
        acknowledged[index]?.push(content);
      }
    });
    await expect.poll(() => acknowledged.every((list) => list.length > 5), { timeout: 60_000 }).toBe(true);
    const before = acknowledged.map((list) => [...list]);
    const archive = join(newFolder(), 'hoory.backup');
    const env = { ...old.env, HOORY_BACKUP_PASSPHRASE: passphrase };
    const made = JSON.parse(await runVerb(['backup', archive, '--json'], env));
    isOver = true;
    await Promise.all(posting);
    expect(made).toMatchObject({ file: archive, encrypted: true, files: 1, missing_files: 0 });
    expect(await findLastBackup(old.app.db)).toMatchObject({ file: archive, size: made.bytes });

    const target = await emptyTarget(engine, await storage(to));
    await runVerb(['restore', archive, '--json'], { ...target.env, HOORY_BACKUP_PASSPHRASE: passphrase });
    const restored = await start(target);
    const url = restored.app.url();
    for (const [index, { place }] of customers.entries()) {
      const contents = await readAll(`${url}${pathOf(old, place)}`);
      const numbered = contents.filter((content) => content?.startsWith('customer'));
      expect(numbered).toEqual([...new Set(numbered)]);
      expect(numbered).toEqual(expect.arrayContaining(before[index] ?? []));
    }
    const address = new URL(file.data_url);
    const answer = await fetch(`${url}${address.pathname}${address.search}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(photo)).toBe(true);

    expect(restored.app.installation.key).toBe(old.app.installation.key);
    expect(restored.app.installation.epoch).not.toBe(old.app.installation.epoch);
    await rejectsHistory(url, first.session.pubsub_token, seen);
    const events = `contacts/${first.session.source_id}/events?after=${encodeURIComponent(feed.cursor)}`;
    const page = await fetch(`${url}/public/api/v1/inboxes/${old.inbox.identifier}/${events}`);
    expect(await page.json()).toMatchObject({ events: [], reset: true });
  });
});

describe.each(engines)('a backup on %s', (engine) => {
  test('counts a file that the store has lost, and restores the rest', { timeout: 120_000 }, async () => {
    const old = await startClientApiServer({ engine });
    releases.push(() => old.stop());
    const { place } = await old.createConversation();
    await postFile(old, place);
    rmSync(join(old.config.data, 'files'), { recursive: true });
    const target = join(newFolder(), 'hoory.backup');
    const { manifest } = await makeBackup(old.config, { target });
    expect(manifest).toMatchObject({ files: 0, missing_files: 1 });
    const fresh = await emptyTarget(engine);
    await restore(fresh.config, { file: target, passphrase: undefined });
    const restored = await start(fresh);
    expect(await readAll(`${restored.app.url()}${pathOf(old, place)}`)).toEqual(['a photo']);
  });

  test('does not go into a place that is in use', { timeout: 120_000 }, async () => {
    const old = await startClientApiServer({ engine });
    releases.push(() => old.stop());
    const file = join(newFolder(), 'hoory.backup');
    await makeBackup(old.config, { target: file });
    await old.createConversation();
    const used = restore(old.config, { file, passphrase: undefined });
    await expect(used).rejects.toThrow(
      engine === 'sqlite'
        ? /is not empty, it has hoory\.sqlite/
        : /The database is not empty, it has account_users/,
    );
    const { env } = await emptyTarget(engine === 'sqlite' ? 'postgres' : 'sqlite').catch(() => ({
      env: undefined,
    }));
    if (!env) return;
    await expect(runVerb(['restore', file], env)).rejects.toThrow(
      /has a \w+ database, and the settings name/,
    );
  });
});

async function storage(kind: string): Promise<Record<string, string>> {
  if (kind === 'folder') return {};
  const bucket: Bucket = await openBucket();
  releases.push(() => bucket.close());
  return bucket.env;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-backup-'));
  releases.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function emptyTarget(engine: 'sqlite' | 'postgres', settings = {}): Promise<Fresh> {
  const fresh = await emptyConfig(engine, settings);
  releases.push(() => fresh.release());
  return fresh;
}

async function start({ config }: Fresh): Promise<Server> {
  const server = await startServer(config);
  releases.push(() => server.close());
  return server;
}

type Place = Record<string, string | number>;

const pathOf = ({ baseUrl, url }: ClientApiServer, { contact_identifier, conversation_id }: Place) =>
  `${baseUrl.slice(url.length)}/contacts/${contact_identifier}/conversations/${conversation_id}/messages`;

async function postFile(server: ClientApiServer, place: Place): Promise<{ data_url: string }> {
  const body = new FormData();
  body.append('content', 'a photo');
  body.append('attachments[]', new Blob([photo]), 'photo.bin');
  const answer = await fetch(`${server.url}${pathOf(server, place)}`, { method: 'POST', body });
  const message = (await answer.json()) as Message;
  return message.attachments?.[0] as { data_url: string };
}

async function feedOf(url: string, inbox: string, source_id: string): Promise<{ cursor: string }> {
  const answer = await fetch(`${url}/public/api/v1/inboxes/${inbox}/contacts/${source_id}/events`);
  return (await answer.json()) as { cursor: string };
}

/** @returns the frame of the message that `post` causes */
async function listen(url: string, token: string, post: () => Promise<void>): Promise<Frame> {
  const cable = openRaw(url, {
    protocol: ext,
    first: [{ command: 'subscribe', identifier: contactIdentifier(token) }],
  });
  await cable.until(({ type }) => type === 'confirm_subscription');
  await post();
  const frame = await cable.until(({ message }) => message?.event === 'message.created');
  await cable.close();
  return frame;
}

async function rejectsHistory(
  url: string,
  token: string,
  { stream_id, offset, epoch }: Frame,
): Promise<void> {
  const history = { streams: { [`${stream_id}`]: { offset, epoch } } };
  const cable = openRaw(url, {
    protocol: ext,
    first: [{ command: 'subscribe', identifier: contactIdentifier(token), history }],
  });
  await cable.until(({ type }) => type === 'reject_history');
  await cable.close();
}

/** Contents of a customer's messages, oldest first. */
async function readAll(url: string): Promise<(string | null)[]> {
  const contents: (string | null)[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const page = (await (await fetch(`${url}?before=${before}`)).json()) as Message[];
    const [oldest] = page;
    if (!oldest) return contents;
    contents.unshift(...page.filter(({ message_type }) => message_type === 0).map(({ content }) => content));
    before = oldest.id;
  }
}
