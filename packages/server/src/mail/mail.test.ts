/** Which process sends an e-mail when others die, or the mail server is slow. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMailServer } from '../../test/fixtures/mail-server.ts';
import { openNetwork } from '../../test/network.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import type { App } from '../app.ts';
import { openApp } from '../main.ts';
import { type Mail, openMail } from './mail.ts';
import { claimEmails, insertEmail } from './outbox.ts';

describe.each(engines)('e-mails on %s', (engine) => {
  let fresh: Fresh;
  let app: App & { close(): Promise<void> };
  let server: Awaited<ReturnType<typeof startMailServer>>;
  let time = 1_700_000_000_000;

  beforeEach(async () => {
    fresh = await freshConfig(engine, { HOORY_LOG_LEVEL: 'silent' });
    app = await openApp(fresh.config, () => time);
    server = await startMailServer();
    await app.db.write((tx) => insertEmail(tx, { email: letter, now: time, key }));
  });
  afterEach(async () => {
    await app.close();
    await server.close();
    await fresh.release();
  });

  const letter = { to: 'mo@shop.test', subject: 'Hello', text: 'Hello' };
  const key = 'the key of the installation';
  /** The outgoing mail of a process. */
  const openProcess = (smtpUrl = server.url): Mail => {
    const { db, log } = app;
    const config = { smtpUrl, url: 'http://chat.test' };
    return openMail({ config, db, log, now: () => time, key, renewEveryMs: 10 });
  };
  const dueAt = async () => {
    const { db } = app;
    return (await db.get(db.q.selectFrom('letters').select('next_attempt_at')))?.next_attempt_at;
  };

  it('that a killed process has claimed are sent by another within 30 seconds, not before the claim ends', async () => {
    await app.db.write((tx) => claimEmails(tx, { now: time, key }));
    const other = openProcess();
    time += 15_000;
    await other.sendDue();
    expect(server.emails).toEqual([]);
    // Processes look every 5 seconds.
    time += 10_000;
    await other.sendDue();
    expect(server.emails).toHaveLength(1);
  });

  it('are sent once when the mail server takes longer than a claim lives', async () => {
    const network = await openNetwork(server.port);
    network.become('silent');
    const slow = openProcess(network.url.replace('http', 'smtp'));
    const sending = slow.sendDue();
    await expect.poll(dueAt).toBe(time + 20_000);
    for (let times = 0; times < 3; times++) {
      time += 15_000;
      await expect.poll(dueAt).toBe(time + 20_000);
      await openProcess().sendDue();
    }
    expect(server.emails).toEqual([]);
    // The attempt fails, and the e-mail is due again after its pause.
    network.become('down');
    await sending;
    expect(await dueAt()).toBe(time + 60_000);
    time += 60_000;
    await openProcess().sendDue();
    expect(server.emails).toHaveLength(1);
    await network.stop();
  });
});
