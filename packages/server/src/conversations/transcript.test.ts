import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, createAccount } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { startMailServer } from '../../test/fixtures/mail-server.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const soon = { timeout: 30_000 };

describe.each(engines)('transcripts on %s', (engine) => {
  let post: Awaited<ReturnType<typeof startMailServer>>;
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    post = await startMailServer();
    server = await startTestServer({ engine, settings: { SMTP_URL: post.url } });
    fixture = await createAccount(server);
  });
  afterAll(async () => {
    await server.stop();
    await post.close();
  });

  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);

  it('hold what the customer has read, not notes and activities', async () => {
    const { id } = await createConversation(server, fixture, 'Where is my kayak?');
    await ask('agentPostMessage', id, { body: { content: 'Under way' } });
    await ask('agentPostMessage', id, { body: { content: 'Lost it', private: true } });
    await ask('agentToggleStatus', id, { body: { status: 'resolved' } });
    const sent = await ask('agentSendTranscript', id, { body: { email: 'ann@mail.test' } });
    expect(sent.status).toBe(200);
    await vi.waitFor(() => expect(post.emails).toHaveLength(1), soon);
    const [email] = post.emails;
    expect(email?.to).toEqual(['ann@mail.test']);
    expect(email?.text).toMatch(/Ann:\s+Where is my kayak\?[\s\S]*Mo:\s+Under way/);
    expect(email?.text).not.toMatch(/Lost it|resolved/);
  });

  it('need an address and a conversation that the caller sees', async () => {
    const { id } = await createConversation(server, fixture);
    expect(await ask('agentSendTranscript', id)).toMatchObject({
      status: 422,
      body: { attributes: ['email'] },
    });
    expect((await ask('agentSendTranscript', id, { body: { email: 'nowhere' } })).status).toBe(422);
    const body = { email: 'ann@mail.test' };
    expect((await ask('agentSendTranscript', id, { as: fixture.outsider, body })).status).toBe(401);
  });
});

it('are refused with the reason where no mail is sent', async () => {
  const server = await startTestServer();
  const fixture = await createAccount(server);
  const { id } = await createConversation(server, fixture);
  const refused = await conversationCaller(server, fixture)('agentSendTranscript', id, {
    body: { email: 'ann@mail.test' },
  });
  expect(refused).toMatchObject({ status: 422, body: { error: expect.stringContaining('SMTP_URL') } });
  await server.stop();
});
