/** A server whose uploads go to a bucket: customers and agents notice no difference, and the disk keeps none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '@hoory/contract';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bucket, openBucket } from '../bucket.ts';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
} from '../fixtures/connected-account.ts';
import { startTestServer, type TestServer } from '../server.ts';

let bucket: Bucket;
let server: TestServer;
let connected: ConnectedAccount;
let ann: Customer;

beforeEach(async () => {
  bucket = await openBucket();
  server = await startTestServer({ settings: { ...bucket.env, HOORY_LOG_LEVEL: 'silent' } });
  connected = await createConnectedAccount(server);
  ann = await connected.createContact();
  await connected.createConversation(ann);
});
afterEach(async () => {
  await server.stop();
  await bucket.close();
});

function messagesUrl(): string {
  const { contact_identifier, conversation_id } = ann.place;
  return `${server.url}/public/api/v1/inboxes/${connected.fixture.inbox.identifier}/contacts/${contact_identifier}/conversations/${conversation_id}/messages`;
}

function post(content: Uint8Array<ArrayBuffer> | string, name: string): Promise<Response> {
  const body = new FormData();
  body.append('attachments[]', new Blob([content]), name);
  return fetch(messagesUrl(), { method: 'POST', body });
}

async function send(content: Uint8Array<ArrayBuffer>, name: string) {
  const message = (await (await post(content, name)).json()) as Message;
  return { ...(message.attachments?.[0] as { data_url: string; thumb_url: string }), id: message.id };
}

const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

test('a picture comes with its thumbnail, a long file in ranges, and both go with their message', async () => {
  const png = await sharp({ create: { width: 600, height: 300, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const picture = await send(new Uint8Array(png), 'red.png');
  expect((await bytesAt(picture.data_url)).equals(png)).toBe(true);
  expect(await sharp(await bytesAt(picture.thumb_url)).metadata()).toMatchObject({ width: 250, height: 125 });

  const bytes = new Uint8Array(20 * 1024 * 1024).map((_, index) => index % 251);
  const film = await send(bytes, 'film.bin');
  const range = await fetch(film.data_url, { headers: { range: 'bytes=9000000-9000003' } });
  expect([range.status, range.headers.get('content-range')]).toEqual([
    206,
    `bytes 9000000-9000003/${bytes.length}`,
  ]);
  expect([...new Uint8Array(await range.arrayBuffer())]).toEqual([...bytes.subarray(9_000_000, 9_000_004)]);
  expect((await bytesAt(film.data_url)).equals(bytes)).toBe(true);

  expect(bucket.contents()).toHaveLength(3);
  for (const { id } of [picture, film])
    await connected.callAgent(connected.fixture.member, 'agentDeleteMessage', {
      conversation_id: ann.place.conversation_id as number,
      message_id: id,
    });
  for (const url of [picture.data_url, picture.thumb_url, film.data_url])
    await expect.poll(async () => (await fetch(url)).status).toBe(404);
  await expect.poll(() => bucket.contents()).toEqual([]);
  expect(existsSync(join(server.config.data, 'files'))).toBe(false);
});

test('a bucket that cannot be reached is no fault of the request, which may be sent again', async () => {
  await bucket.close();
  const answer = await post('text', 'note.txt');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toEqual({ status: 503, error: 'Service Unavailable' });
  expect(await (await fetch(messagesUrl())).json()).toEqual([]);
});
