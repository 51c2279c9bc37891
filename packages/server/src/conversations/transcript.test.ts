import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asker, converse } from '../../test/conversing.ts';
import { type Office, openOffice } from '../../test/office.ts';
import { openPostOffice } from '../../test/post-office.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const soon = { timeout: 10_000 };

describe.each(engines)('transcripts on %s', (engine) => {
  let post: Awaited<ReturnType<typeof openPostOffice>>;
  let server: TestServer;
  let office: Office;

  beforeAll(async () => {
    post = await openPostOffice();
    server = await startTestServer({ engine, settings: { SMTP_URL: post.url } });
    office = await openOffice(server);
  });
  afterAll(async () => {
    await server.stop();
    await post.close();
  });

  const ask: ReturnType<typeof asker> = (...given) => asker(server, office)(...given);

  it('hold what the customer has read, not notes and activities', async () => {
    const { id } = await converse(server, office, 'Where is my kayak?');
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
    const { id } = await converse(server, office);
    expect(await ask('agentSendTranscript', id)).toMatchObject({
      status: 422,
      body: { attributes: ['email'] },
    });
    expect((await ask('agentSendTranscript', id, { body: { email: 'nowhere' } })).status).toBe(422);
    const body = { email: 'ann@mail.test' };
    expect((await ask('agentSendTranscript', id, { as: office.outsider, body })).status).toBe(401);
  });
});

it('are refused with the reason where no mail is sent', async () => {
  const server = await startTestServer();
  const office = await openOffice(server);
  const { id } = await converse(server, office);
  const refused = await asker(server, office)('agentSendTranscript', id, {
    body: { email: 'ann@mail.test' },
  });
  expect(refused).toMatchObject({ status: 422, body: { error: expect.stringContaining('SMTP_URL') } });
  await server.stop();
});
