/**
 * Requests as other people's tools send them by default: the published client with a first message with a file, the libraries
 * behind n8n's HTTP node, and `curl -d` as the README shows it.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import ChatwootClient from '@figuro/chatwoot-sdk';
import { agentApi, clientApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../fixtures/call.ts';
import { createTestAccount, type TestAccount } from '../fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

/** axios and form-data as the published client installs them; n8n's node uses the same. */
const { default: axios } = createRequire(import.meta.resolve('@figuro/chatwoot-sdk'))('axios');
const Form = createRequire(import.meta.resolve('@figuro/chatwoot-sdk'))('form-data');
const run = promisify(execFile);

interface Posted {
  id: number;
  content: string | null;
  attachments?: { data_url: string; file_size: number }[];
}

describe.each(engines)('on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let contact_id: number;
  let conversation_id: number;
  let messages: string;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    own = await createTestAccount(server.app);
    const as = callerOf(server.url, '');
    const at = { inbox_identifier: own.inbox.identifier };
    const session = await as(clientApi.createContact, { ...at, name: 'Ann' });
    contact_id = session.id;
    const place = { ...at, contact_identifier: session.source_id };
    ({ id: conversation_id } = await as(clientApi.createConversation, place));
    messages = `${server.url}/public/api/v1/inboxes/${own.inbox.identifier}/contacts/${session.source_id}/conversations/${conversation_id}/messages`;
  });
  afterAll(() => server.stop());

  const headers = () => ({ api_access_token: own.administrator.access_token });
  const agentUrl = () => `${server.url}/api/v1/accounts/${own.account.id}`;
  const firstOf = async (id: number) => {
    const listed = await own.as.administrator(agentApi.agentListMessages, {
      account_id: own.account.id,
      conversation_id: id,
    });
    const [first] = listed.payload as unknown as Posted[];
    return first as Posted;
  };
  const bytesOf = async ({ attachments }: Posted) =>
    Promise.all((attachments ?? []).map(async ({ data_url }) => (await fetch(data_url)).text()));

  describe('the published client', () => {
    const client = () => {
      const config = { with_credentials: false, credentials: 'omit', basePath: server.url } as const;
      return new ChatwootClient({ config: { ...config, token: own.administrator.access_token } });
    };

    it.each(['message[attachments][]', 'attachments[]'])(
      'starts a conversation with a file in %s',
      async (field) => {
        const data = new Form();
        data.append('inbox_id', String(own.inbox.id));
        data.append('contact_id', String(contact_id));
        data.append('message[content]', 'The receipt');
        data.append(field, Buffer.from('42'), { filename: 'receipt.txt', contentType: 'text/plain' });
        const started = await client().conversations.create({ accountId: own.account.id, data });
        const first = await firstOf(started.id as number);
        expect(first.content).toBe('The receipt');
        expect(await bytesOf(first)).toEqual(['42']);
      },
    );

    it('starts a conversation with an upload in its first message', async () => {
      const form = new FormData();
      form.append('attachment', new Blob(['ahead']), 'ahead.txt');
      const upload = await fetch(`${agentUrl()}/upload`, { method: 'POST', body: form, headers: headers() });
      const { blob_id } = (await upload.json()) as { blob_id: string };
      const data = { inbox_id: own.inbox.id, contact_id, message: { content: 'x', attachments: [blob_id] } };
      const started = await client().conversations.create({ accountId: own.account.id, data: data as never });
      expect(await bytesOf(await firstOf(started.id as number))).toEqual(['ahead']);
      const wrong = { ...data, message: { content: 'x', attachments: ['data:text/plain;base64,eA=='] } };
      const refused = await fetch(`${agentUrl()}/conversations`, {
        method: 'POST',
        body: JSON.stringify(wrong),
        headers: { ...headers(), 'content-type': 'application/json' },
      });
      expect([refused.status, await refused.json()]).toEqual([
        422,
        { message: expect.stringContaining('Attachments'), attributes: ['attachments'] },
      ]);
    });

    it('posts a message with a file', async () => {
      const content = Buffer.from('posted').toString('base64');
      const attachments = [{ content, encoding: 'base64', filename: 'posted.txt' }];
      const posted = (await client().messages.create({
        accountId: own.account.id,
        conversationId: conversation_id,
        data: { content: 'Here', attachments },
      })) as unknown as Posted;
      expect(posted.content).toBe('Here');
      expect(await bytesOf(posted)).toEqual(['posted']);
    });
  });

  describe('the node of n8n', () => {
    const accept =
      'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7';
    const post = async (data: unknown, given: Record<string, string> = {}) =>
      (await axios.post(messages, data, { headers: { accept, ...given } })).data as Posted;

    it('sends JSON, forms and files', async () => {
      expect((await post({ content: 'json' })).content).toBe('json');
      expect((await post('{"content":"raw"}', { 'content-type': 'application/json' })).content).toBe('raw');
      expect((await post('{"content":"as text"}', { 'content-type': 'text/plain' })).content).toBe('as text');
      expect((await post('{"content":"untyped = & +"}')).content).toBe('untyped = & +');
      expect((await post(new URLSearchParams({ content: 'a & b' }))).content).toBe('a & b');
      const form = new Form();
      form.append('content', 'with a file');
      form.append('attachments[]', Buffer.from('bytes'), { filename: 'é.txt' });
      const posted = await post(form, form.getHeaders());
      expect(posted.content).toBe('with a file');
      expect(await bytesOf(posted)).toEqual(['bytes']);
    });
  });

  describe('curl', () => {
    const curl = async (...args: string[]) =>
      JSON.parse((await run('curl', ['-s', ...args, messages])).stdout);

    it('sends fields, JSON and files', async () => {
      expect(await curl('-d', 'content=Where is my order?')).toMatchObject({ content: 'Where is my order?' });
      expect(await curl('-d', '{"content":"1 = 1 & 2"}')).toMatchObject({ content: '1 = 1 & 2' });
      expect(await curl('--data-urlencode', '{"content":"1 + 1"}')).toMatchObject({ content: '1 + 1' });
      expect(await curl('--json', '{"content":"typed"}')).toMatchObject({ content: 'typed' });
      expect(await curl('-F', 'content=My receipt', '-F', 'attachments[]=@README.md')).toMatchObject({
        content: 'My receipt',
        attachments: [{ file_type: 'file' }],
      });
      expect(await curl('-F', 'file=@README.md')).toMatchObject({ attributes: ['file'] });
    });
  });
});
