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
const nothing = async () => {};
/** Pauses before the second and each later attempt: a day in all. */
const pauses = [1, 5, 30, 120, 360, 960].map((minutes) => minutes * minute);
/** For each step of the mail server. */
const timeoutMs = 10_000;

export function openMail({ config: { smtpUrl, url }, db, log, now, key }: MailOptions): Mail {
  if (!smtpUrl) return { isOn: false, send: nothing, sendDue: nothing, close: nothing };
  const deliver = delivererTo(smtpUrl, url);
  let running: Promise<void> = Promise.resolve();

  async function attempt(stored: StoredEmail): Promise<void> {
    try {
      await deliver(stored);
    } catch (err) {
      const { code, message, isFinal } = toSmtpError(err);
      const pause = isFinal ? undefined : pauses[stored.attempts];
      log.error({ code, reason: message, again: pause !== undefined }, 'an e-mail could not be sent');
      if (pause !== undefined) return db.write((tx) => postponeEmail(tx, stored.id, now() + pause));
    }
    await db.write((tx) => deleteEmail(tx, stored.id));
  }

  async function attemptDue(): Promise<void> {
    for (;;) {
      const emails = await db.write((tx) => claimEmails(tx, { now: now(), key }));
      if (!emails.length) return;
      await Promise.all(emails.map(attempt));
    }
  }

  const sendDue = () => {
    running = running.then(attemptDue).catch((err) => log.error({ err }, 'e-mails could not be read'));
    return running;
  };

  return {
    isOn: true,
    send: async (tx, letter) => {
      await insertEmail(tx, { letter, now: now(), key });
      tx.afterCommit(() => void sendDue());
    },
    sendDue,
    close: () => running,
  };
}

/** Sends an e-mail to the mail server, with the same message id at each attempt, so that mail servers recognise a repeat. */
function delivererTo(smtpUrl: string, url: string): (email: StoredEmail) => Promise<void> {
  const from = senderOf(smtpUrl, url);
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  return async ({ id, letter }) => {
    const { createTransport } = await import('nodemailer');
    const messageId = `<${id}@${new URL(url).hostname}>`;
    await createTransport({ url: smtpUrl, ...timeouts }).sendMail({ from, messageId, ...letter });
  };
}

interface SmtpError {
  code: string | undefined;
  message: string;
  /** The server refused recipient or content with 5xx. A refused password may be corrected, so it is not final. */
  isFinal: boolean;
}

function toSmtpError(err: unknown): SmtpError {
  const {
    code,
    message,
    responseCode = 0,
  }: Error & { code?: string; responseCode?: number } = err instanceof Error ? err : new Error('unknown');
  return { code, message, isFinal: responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE') };
}

/** The address that the account at the mail server has, or one at our own host. */
function senderOf(smtpUrl: string, url: string): string {
  const user = decodeURIComponent(new URL(smtpUrl).username);
  return user.includes('@') ? user : `hoory@${new URL(url).hostname}`;
}
