/** Every endpoint that may have a body takes a file in its own fields, and refuses one in any other by the field's name. */

import type { Endpoint } from '@hoory/contract';
import * as contract from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, createAccount } from './fixtures/account.ts';
import { type ClientApiServer, startClientApiServer } from './fixtures/client-api-server.ts';
import { createConversation } from './fixtures/conversation.ts';
import { engines } from './server.ts';

const tables: Record<string, Endpoint>[] = [contract.clientApi, contract.agentApi];
/** Those that take fields; a body of bytes has none. */
const all = tables
  .flatMap((table) => Object.entries(table))
  .filter(([, { method, isBytes }]) => method !== 'GET' && !isBytes);
const withFiles = all.filter(([, { files }]) => files !== undefined);

describe.each(engines)('a file on %s', (engine) => {
  let server: ClientApiServer;
  let fixture: AccountFixture;
  let place: Record<string, string | number>;
  let agentPlace: Record<string, string | number>;

  beforeAll(async () => {
    server = await startClientApiServer({ engine });
    fixture = await createAccount(server);
    const { place: found, conversation } = await server.createConversation();
    const { id } = await createConversation(server, fixture, 'Hello');
    place = {
      account_id: fixture.account_id,
      inbox_identifier: server.inbox.identifier,
      ...found,
      conversation_uuid: conversation.uuid,
    };
    agentPlace = { ...place, conversation_id: id };
  });
  afterAll(() => server.stop());

  const send = async ({ method, path }: Endpoint, body: FormData | string, type = 'application/json') => {
    const answer = await fetch(
      `${server.url}${path.replaceAll(/\{(\w+)\}/g, (_, name) => String((path.startsWith('/public') ? place : agentPlace)[name] ?? 1))}`,
      {
        method,
        body,
        headers: {
          api_access_token: fixture.administrator.access_token,
          ...(typeof body === 'string' && { 'content-type': type }),
        },
      },
    );
    const text = await answer.text();
    return { status: answer.status, text };
  };
  const file = (field: string, name = 'a.txt', content = 'x') => {
    const form = new FormData();
    form.append(field, new Blob([content]), name);
    return form;
  };

  it.each(all)('%s refuses one in a field that takes none', async (_name, endpoint) => {
    for (const field of ['document', 'attachments[', 'files[]', 'other[picture]']) {
      const { status, text } = await send(endpoint, file(field));
      expect({ status, text }).toEqual({
        status: 422,
        text: expect.stringContaining(field.split('[')[0] as string),
      });
    }
  });

  it.each(withFiles)('%s refuses text and JSON in a field of files', async (_name, endpoint) => {
    for (const field of Object.keys(endpoint.files ?? {})) {
      if (field.includes('[')) continue;
      const values = [
        'data:image/png;base64,iVBORw0KGgo=',
        [{}],
        { 0: {} },
        [{ content: 'eA==', filename: 'a' }],
        7,
      ];
      for (const value of values) {
        const { status, text } = await send(endpoint, JSON.stringify({ content: 'x', [field]: value }));
        expect({ status, text }).toEqual({
          status: 422,
          text: expect.stringMatching(new RegExp(field, 'i')),
        });
      }
    }
  });

  it.each(withFiles)('%s treats an untouched file input as no file', async (_name, endpoint) => {
    for (const field of [...Object.keys(endpoint.files ?? {}), 'document'])
      for (const name of ['', '; filename=""']) {
        const part = `content-disposition: form-data; name="${field}"${name}\r\ncontent-type: application/octet-stream`;
        const { text } = await send(
          endpoint,
          `--b\r\n${part}\r\n\r\n\r\n--b--`,
          'multipart/form-data; boundary=b',
        );
        expect(text).not.toMatch(/takes no file|not a picture/);
      }
  });
});
