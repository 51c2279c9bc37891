/** Notifications by mail, through a real mail server. */

import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { startMailServer } from '../../test/fixtures/mail-server.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { insertEmail } from '../mail/outbox.ts';

describe.each(engines)('notification e-mails on %s', (engine) => {
  let post: Awaited<ReturnType<typeof startMailServer>>;
  let server: TestServer;
  let fixture: AccountFixture;
  let time = Date.now();

  beforeAll(async () => {
    post = await startMailServer();
    server = await startTestServer({ engine, settings: { SMTP_URL: post.url }, now: () => time });
    fixture = await createAccount(server);
  });
  beforeEach(() => choose([]));
  afterAll(async () => {
    await server.stop();
    await post.close();
  });

  const choose = (selected_email_flags: string[], as: UserRow = fixture.member) =>
    call(server, agentApi.agentUpdateNotificationSettings, {
      as,
      params: { account_id: fixture.account_id },
      body: { notification_settings: { selected_email_flags } },
    });
  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);
  const assign = (id: number, user = fixture.member) =>
    ask('agentAssignConversation', id, { as: fixture.administrator, body: { assignee_id: user.id } });

  /** All e-mails since the last call: a last one is sent here, which arrives after those sent before it. */
  async function receivedEmails(): Promise<{ to: string; text: string }[]> {
    await server.app.mail.close();
    return post.emails.splice(0).map(({ to, text }) => ({ to: to.join(), text }));
  }

  it('are sent for the chosen types only, with a link to the conversation', async () => {
    await choose(['email_conversation_assignment']);
    const { id, postMessage } = await createConversation(server, fixture, 'Where is it?');
    await assign(id);
    await postMessage('And when?');
    const [email, ...others] = await receivedEmails();
    expect(others).toEqual([]);
    expect(email?.to).toBe('mo@shop.test');
    expect(email?.text).toContain(`Subject: [#${id}] A conversation is yours now`);
    expect(email?.text).toContain('Ann: Where is it?');
    expect(email?.text).toContain(`${server.url}/app/conversations/${id}`);
  });

  it('are sent once for a conversation until the user has read it', async () => {
    await choose(['email_assigned_conversation_new_message']);
    const { id, postMessage } = await createConversation(server, fixture);
    await assign(id);
    for (const text of ['one', 'two', 'three']) await postMessage(text);
    expect((await receivedEmails()).map(({ text }) => /Ann: (\w+)/.exec(text)?.[1])).toEqual(['one']);
    await ask('agentUpdateLastSeen', id);
    await postMessage('four');
    expect((await receivedEmails()).map(({ text }) => /Ann: (\w+)/.exec(text)?.[1])).toEqual(['four']);
  });

  it('are stored encrypted while the mail server is unreachable, and sent when it is back', async () => {
    await choose(['email_conversation_assignment']);
    await receivedEmails();
    await post.close();
    const { id } = await createConversation(server, fixture, 'A secret');
    await assign(id);
    await server.app.mail.close();
    const kept = () => server.app.db.all(server.app.db.q.selectFrom('letters').selectAll());
    expect(await kept()).toMatchObject([{ attempts: 1 }]);
    expect(JSON.stringify(await kept())).not.toContain('secret');
    const gone = await createConversation(server, fixture, 'Forget me');
    await assign(gone.id);
    await server.app.mail.close();
    expect(await kept()).toHaveLength(2);
    const { body: shown } = await ask<{ meta: { sender: { id: number } } }>('agentGetConversation', gone.id);
    await call(server, agentApi.agentDeleteContact, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, id: shown.meta.sender.id },
    });
    expect(await kept()).toHaveLength(1);
    post = await startMailServer(post.port);
    await server.app.mail.sendDue();
    expect(await receivedEmails()).toEqual([]);
    time += 61_000;
    await server.app.mail.sendDue();
    expect((await receivedEmails()).map(({ text }) => text)).toEqual([
      expect.stringContaining('Ann: A secret'),
    ]);
    expect(await kept()).toEqual([]);
  });

  it('of a process that died are sent by the next one, and those of a rollback never', async () => {
    const { app } = server;
    const to = 'mo@shop.test';
    await app.db.write((tx) =>
      insertEmail(tx, {
        email: { to, subject: 'Left', text: 'Left' },
        now: time,
        key: app.installation.key,
      }),
    );
    const failed = app.db.write(async (tx) => {
      await app.mail.send(tx, { to, subject: 'Undone', text: 'Undone' });
      throw new Error('undone');
    });
    await expect(failed).rejects.toThrow('undone');
    await app.mail.sendDue();
    expect((await receivedEmails()).map(({ text }) => /Subject: (\w+)/.exec(text)?.[1])).toEqual(['Left']);
  });

  it('are dropped when the mail server refuses them for good', async () => {
    const { app } = server;
    post.takes.any = false;
    await app.db.write((tx) => app.mail.send(tx, { to: 'no@shop.test', subject: 'Hi', text: 'Hi' }));
    await app.mail.close();
    expect(await app.db.all(app.db.q.selectFrom('letters').selectAll())).toEqual([]);
    post.takes.any = true;
  });

  it('are not sent to users who chose none or have not confirmed their address', async () => {
    const { id } = await createConversation(server, fixture, 'Where is it?');
    await assign(id);
    await choose(['email_conversation_assignment'], fixture.administrator);
    const { db } = server.app;
    await db.run(db.q.updateTable('users').set({ confirmed: 0 }).where('id', '=', fixture.administrator.id));
    await ask('agentAssignConversation', id, { body: { assignee_id: fixture.administrator.id } });
    expect(await receivedEmails()).toEqual([]);
  });
});
