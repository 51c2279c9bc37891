/**
 * Outgoing mail through `SMTP_URL`: plain text, sent in the background. An e-mail is inserted in the transaction of its cause
 * and deleted when the mail server has accepted it, so that neither a crash nor an outage loses it. Its text is the sender's.
 */
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/db.ts';
import type { Log } from '../log.ts';
import {
  claimEmails,
  deleteEmail,
  type Email,
  insertEmail,
  postponeEmail,
  type StoredEmail,
} from './outbox.ts';

export interface Mail {
  /** Whether there is a server to send through. */
  readonly isOn: boolean;
  /** Inserts the e-mail in `tx` and sends it after the commit. Without a server it is dropped. */
  send(tx: Tx, letter: Email): Promise<void>;
  /** Sends e-mails that are due, also those of a stopped process. */
  sendDue(): Promise<void>;
  /** Waits for e-mails that are being sent. */
  close(): Promise<void>;
}

export interface MailOptions {
  config: Pick<Config, 'smtpUrl' | 'url'>;
  db: Db;
  log: Log;
  now: () => number;
  /** Seals stored e-mails, which hold links to sign in. */
  key: string;
}

const minute = 60_000;
/** Pauses before the second and each later attempt: a day in all. */
const pauses = [1, 5, 30, 120, 360, 960].map((minutes) => minutes * minute);
/** For each step of the mail server. */
const timeoutMs = 10_000;

export function openMail({ config: { smtpUrl, url }, db, log, now, key }: MailOptions): Mail {
  const nothing = async () => {};
  if (!smtpUrl) return { isOn: false, send: nothing, sendDue: nothing, close: nothing };
  const from = senderOf(smtpUrl, url);
  let running: Promise<void> = Promise.resolve();

  const work = () => {
    running = running.then(sendDue).catch((err) => log.error({ err }, 'e-mails could not be read'));
    return running;
  };

  async function sendDue(): Promise<void> {
    for (;;) {
      const letters = await db.write((tx) => claimEmails(tx, { now: now(), key }));
      if (!letters.length) return;
      await Promise.all(letters.map(sendOne));
    }
  }

  async function sendOne({ id, attempts, letter }: StoredEmail): Promise<void> {
    try {
      const { createTransport } = await import('nodemailer');
      const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
      // The same id at each attempt, so that mail servers recognise a repeat.
      const messageId = `<${id}@${new URL(url).hostname}>`;
      await createTransport({ url: smtpUrl, ...limits }).sendMail({ from, messageId, ...letter });
    } catch (err) {
      const pause = isFinal(err) ? undefined : pauses[attempts];
      const { code, message } = err as { code?: string; message: string };
      log.error({ code, reason: message, again: pause !== undefined }, 'an e-mail could not be sent');
      if (pause !== undefined) return db.write((tx) => postponeEmail(tx, id, now() + pause));
    }
    await db.write((tx) => deleteEmail(tx, id));
  }

  return {
    isOn: true,
    send: async (tx, letter) => {
      await insertEmail(tx, { letter, now: now(), key });
      tx.afterCommit(() => void work());
    },
    sendDue: work,
    close: () => running,
  };
}

/** Whether the mail server refused recipient or content with 5xx, which is final. A refused password may be corrected. */
function isFinal(err: unknown): boolean {
  const { code, responseCode = 0 } = err as { code?: string; responseCode?: number };
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}

/** The address that the account at the mail server has, or one at our own host. */
function senderOf(smtpUrl: string, url: string): string {
  const user = decodeURIComponent(new URL(smtpUrl).username);
  return user.includes('@') ? user : `hoory@${new URL(url).hostname}`;
}
