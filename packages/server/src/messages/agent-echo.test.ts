import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, createAccount } from '../../test/fixtures/account.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

describe.each(engines)('the echo_id of an agent on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let path: string;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    const contacts = `/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
    const { source_id } = await post<{ source_id: string }>(contacts, {});
    const { id } = await post<{ id: number }>(`${contacts}/${source_id}/conversations`, {});
    path = `/api/v1/accounts/${fixture.account_id}/conversations/${id}/messages`;
  });
  afterAll(() => server.stop());

  /** An object is sent as JSON, a form as it is. */
  async function post<Body>(to: string, body: object): Promise<Body> {
    const isForm = body instanceof FormData;
    const answer = await fetch(server.url + to, {
      method: 'POST',
      headers: {
        api_access_token: fixture.member.access_token,
        ...(!isForm && { 'content-type': 'application/json' }),
      },
      body: isForm ? body : JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Body;
  }

  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    data.append('attachments[]', new Blob(['abc'], { type: 'text/plain' }), 'note.txt');
    return data;
  };

  /** `echo_id`s of the events that the agents of the inbox were told. */
  const told = async () =>
    (await readEvents(server.app, `inbox:${fixture.inbox.id}`)).flatMap(({ event, data }) =>
      event === 'message.created' && 'echo_id' in data ? [data.echo_id] : [],
    );

  it.each([
    ['a text', (content: string) => ({ content, echo_id: '0017' }), '0017'],
    ['a number', (content: string) => ({ content, echo_id: 17 }), 17],
    ['digits in a form with a file', (content: string) => form({ content, echo_id: '123e5' }), '123e5'],
    [
      'a text on a private note in a form',
      (content: string) => form({ content, echo_id: 'n-1', private: 'true' }),
      'n-1',
    ],
  ])('comes back as sent, in the answer and in one event: %s', async (name, body, echo_id) => {
    const before = await told();
    const answer = await post<{ id: number; echo_id: unknown }>(path, body(name));
    expect(answer.echo_id).toBe(echo_id);
    const again = await post(path, body(name));
    expect(again).toEqual(answer);
    expect((await told()).slice(before.length)).toEqual([echo_id]);
  });
});
