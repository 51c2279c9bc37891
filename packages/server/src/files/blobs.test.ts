/** Pictures of people and inboxes, and uploads ahead of a message, through HTTP on every database. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { agentApi as api, clientApi, type User } from '@hoory/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../test/fixtures/call.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const png = (width: number) =>
  sharp({ create: { width, height: 20, channels: 3, background: '#08f' } })
    .png()
    .toBuffer();

describe.each(engines)('stored files on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;
  let elsewhere: HttpServer;
  let address: string;

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      if (request.url !== '/a%20file.txt') response.statusCode = 302;
      response.end('from elsewhere');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => elsewhere.once('listening', resolve));
    address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    server = await startTestServer({ engine, settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
    own = await createTestAccount(server.app);
    account_id = own.account.id;
  });
  afterAll(async () => {
    await server.stop();
    elsewhere.close();
  });

  async function send(
    method: string,
    path: string,
    parts: Record<string, Blob | string>,
    token = own.administrator.access_token,
  ) {
    const form = new FormData();
    for (const [name, part] of Object.entries(parts))
      if (typeof part === 'string') form.append(name, part);
      else form.append(name, part, 'picture.png');
    const answer = await fetch(server.url + path, {
      method,
      headers: { api_access_token: token },
      body: form,
    });
    return { status: answer.status, body: await answer.json() };
  }
  const picture = async (width = 400) => new Blob([new Uint8Array(await png(width))], { type: 'image/png' });
  const read = async (url: string) => {
    const answer = await fetch(url);
    return { status: answer.status, type: answer.headers.get('content-type') };
  };
  const inAccount = `/api/v1/accounts`;

  it('keep the picture of a contact until it is replaced or deleted', async () => {
    const made = await send('POST', `${inAccount}/${account_id}/contacts`, {
      name: 'Ann',
      avatar: await picture(),
    });
    const { id, thumbnail: first } = made.body.payload.contact;
    expect(await read(first)).toEqual({ status: 200, type: 'image/webp' });
    expect(new URL(first).pathname.split('/').pop()).toBe('picture.webp');
    expect((await read(first.replace(/.{5}\/picture/, 'AAAAA/picture'))).status).toBe(404);
    const path = `${inAccount}/${account_id}/contacts/${id}`;
    const { body } = await send('PATCH', path, { avatar: await picture(100) });
    const second = body.payload.thumbnail;
    expect(second).not.toBe(first);
    expect((await read(first)).status).toBe(404);
    expect((await read(second)).status).toBe(200);
    const { payload } = await own.as.agent(api.agentDeleteContactAvatar, { account_id, id });
    expect(payload.thumbnail).toBe('');
    expect(payload).not.toHaveProperty('contact_inboxes');
    expect((await read(second)).status).toBe(404);
  });

  it('give a picture to the base of a merge, and delete it with its contact', async () => {
    const base = await own.as.agent(api.agentCreateContact, { account_id, name: 'Base' });
    const mergee = await send('POST', `${inAccount}/${account_id}/contacts`, { avatar: await picture() });
    const merged = await own.as.agent(api.agentMergeContacts, {
      account_id,
      base_contact_id: base.payload.contact.id,
      mergee_contact_id: mergee.body.payload.contact.id,
    });
    expect((await read(merged.thumbnail)).status).toBe(200);
    await own.as.administrator(api.agentDeleteContact, { account_id, id: merged.id });
    expect((await read(merged.thumbnail)).status).toBe(404);
  });

  it('keep the picture of an inbox', async () => {
    const path = `${inAccount}/${account_id}/inboxes`;
    const made = await send('POST', path, {
      name: 'Pretty',
      'channel[type]': 'api',
      avatar: await picture(),
    });
    const { id, avatar_url } = made.body;
    expect((await read(avatar_url)).status).toBe(200);
    const changed = await send('PATCH', `${path}/${id}`, { avatar: await picture(50) });
    expect((await read(avatar_url)).status).toBe(404);
    expect((await own.as.administrator.raw(api.agentDeleteInboxAvatar, { account_id, id })).status).toBe(200);
    expect((await read(changed.body.avatar_url)).status).toBe(404);
    const shown = await own.as.administrator(api.agentGetInbox, { account_id, id });
    expect(shown.avatar_url).toBe('');
  });

  it('keep the picture of a bot', async () => {
    const path = `${inAccount}/${account_id}/agent_bots`;
    const made = await send('POST', path, { name: 'Bo', avatar: await picture() });
    const { id, thumbnail } = made.body;
    expect((await read(thumbnail)).status).toBe(200);
    const changed = await send('PATCH', `${path}/${id}`, { avatar: await picture(50) });
    expect((await read(thumbnail)).status).toBe(404);
    const bare = await own.as.administrator(api.agentDeleteBotAvatar, { account_id, id });
    expect(bare.thumbnail).toBe('');
    expect((await read(changed.body.thumbnail)).status).toBe(404);
    const last = await send('PATCH', `${path}/${id}`, { avatar: await picture() });
    await own.as.administrator(api.agentDeleteBot, { account_id, id });
    expect((await read(last.body.thumbnail)).status).toBe(404);
  });

  it('keep the picture of the own profile, sent with the root key or without it', async () => {
    const { access_token } = own.agent;
    const first = await send('PUT', '/api/v1/profile', { 'profile[avatar]': await picture() }, access_token);
    const { avatar_url } = first.body as User;
    expect((await read(avatar_url)).status).toBe(200);
    const agents = await own.as.administrator(api.agentListAgents, { account_id });
    expect(agents.find(({ id }) => id === own.agent.id)?.thumbnail).toBe(avatar_url);
    await send('PUT', '/api/v1/profile', { avatar: await picture(30) }, access_token);
    expect((await read(avatar_url)).status).toBe(404);
    expect((await own.as.agent(api.deleteAvatar, {})).avatar_url).toBe('');
  });

  it('refuse a picture that is none', async () => {
    const text = new Blob(['<svg onload="alert(1)"/>'], { type: 'image/png' });
    for (const [method, path] of [
      ['POST', `${inAccount}/${account_id}/contacts`],
      ['PUT', '/api/v1/profile'],
    ] as const)
      expect(await send(method, path, { avatar: text })).toMatchObject({
        status: 422,
        body: { attributes: ['avatar'] },
      });
  });

  describe('uploaded before a message', () => {
    const upload = (parts: Record<string, Blob | string>, token = own.agent.access_token) =>
      send('POST', `${inAccount}/${account_id}/upload`, parts, token);

    async function converse(account = own) {
      const as = callerOf(server.url, '');
      const at = { inbox_identifier: account.inbox.identifier };
      const { source_id } = await as(clientApi.createContact, at);
      const { id } = await as(clientApi.createConversation, { ...at, contact_identifier: source_id });
      return { account_id: account.account.id, conversation_id: id };
    }

    it('are served, and copied into messages', async () => {
      const { body } = await upload({ attachment: await picture() });
      expect(await read(body.file_url)).toEqual({ status: 200, type: 'image/png' });
      const on = await converse();
      const message = await own.as.agent(api.agentPostMessage, { ...on, attachments: [body.blob_id] });
      expect(message.attachments).toMatchObject([{ file_type: 'image', width: 400, height: 20 }]);
      const [attachment] = message.attachments ?? [];
      const { data_url: url } = attachment as { data_url: string };
      await own.as.agent(api.agentDeleteMessage, { ...on, message_id: message.id });
      await expect.poll(async () => (await read(url)).status).toBe(404);
      expect((await read(body.file_url)).status).toBe(200);
    });

    it('are fetched from public or allowed addresses only', async () => {
      const { body } = await upload({ external_url: `${address}/a%20file.txt` });
      expect(new URL(body.file_url).pathname).toMatch(/a%20file\.txt$/);
      expect(await (await fetch(body.file_url)).text()).toBe('from elsewhere');
      for (const external_url of [`${address}/redirected`, 'http://10.0.0.1/', 'http://[::1]/'])
        expect(await upload({ external_url })).toMatchObject({
          status: 422,
          body: { error: expect.any(String) },
        });
      expect(await upload({ external_url: 'ftp://x.test' })).toMatchObject({
        status: 422,
        body: { attributes: ['external_url'] },
      });
      expect((await upload({})).status).toBe(422);
    });

    it('refuse forged ids and uploads of another account', async () => {
      const foreign = await createTestAccount(server.app);
      const { body } = await upload({ attachment: await picture() });
      const on = await converse();
      const post = (attachments: string[]) => own.as.agent.raw(api.agentPostMessage, { ...on, attachments });
      for (const id of ['1--AAAAAAAAAAAAAAAAAAAAAAAA', 'nothing', `${body.blob_id}x`])
        expect(await post([id])).toMatchObject({ status: 422, body: { error: expect.any(String) } });
      const theirs = await converse(foreign);
      const taken = { ...theirs, attachments: [body.blob_id] };
      expect((await foreign.as.administrator.raw(api.agentPostMessage, taken)).status).toBe(422);
      expect((await post(['', body.blob_id])).status).toBe(200);
      expect((await post(Array.from({ length: 16 }, () => body.blob_id))).status).toBe(422);
    });
  });
});
