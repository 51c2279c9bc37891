/**
 * Outgoing mail through `SMTP_URL`: plain text, sent in the background. A letter is written in the transaction of its cause
 * and kept until the mail server has taken it, so that neither a crash nor an outage loses it. What it says is left to those
 * who send it.
 */
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/db.ts';
import type { Log } from '../log.ts';
import {
  claimLetters,
  deleteLetter,
  insertLetter,
  type Kept,
  type Letter,
  postponeLetter,
} from './outbox.ts';

export interface Mail {
  /** Whether there is a server to send through. */
  readonly isOn: boolean;
  /** Keeps the letter with what `tx` writes; it goes once that has committed. Without a server it is dropped. */
  send(tx: Tx, letter: Letter): Promise<void>;
  /** Sends what is due, also what a stopped process has left behind. */
  work(): Promise<void>;
  /** Waits for what is on its way. */
  close(): Promise<void>;
}

export interface MailOptions {
  config: Pick<Config, 'smtpUrl' | 'url'>;
  db: Db;
  log: Log;
  now: () => number;
  /** Seals what is kept: letters hold links that let people in. */
  key: string;
}

const minute = 60_000;
/** Pauses before the second and every later attempt: a day in all. */
const pauses = [1, 5, 30, 120, 360, 960].map((minutes) => minutes * minute);
/** Milliseconds that the mail server has for each step. */
const timeoutMs = 10_000;

export function openMail({ config: { smtpUrl, url }, db, log, now, key }: MailOptions): Mail {
  const nothing = async () => {};
  if (!smtpUrl) return { isOn: false, send: nothing, work: nothing, close: nothing };
  const from = senderOf(smtpUrl, url);
  let round: Promise<void> = Promise.resolve();

  const work = () => {
    round = round.then(sendDue).catch((err) => log.error({ err }, 'letters could not be read'));
    return round;
  };

  async function sendDue(): Promise<void> {
    for (;;) {
      const letters = await db.write((tx) => claimLetters(tx, { now: now(), key }));
      if (!letters.length) return;
      await Promise.all(letters.map(sendOne));
    }
  }

  async function sendOne({ id, attempts, letter }: Kept): Promise<void> {
    try {
      const { createTransport } = await import('nodemailer');
      const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
      // One name for all attempts, so that mail servers know a repeat.
      const messageId = `<${id}@${new URL(url).hostname}>`;
      await createTransport({ url: smtpUrl, ...limits }).sendMail({ from, messageId, ...letter });
    } catch (err) {
      const pause = isFinal(err) ? undefined : pauses[attempts];
      const { code, message } = err as { code?: string; message: string };
      log.error({ code, reason: message, again: pause !== undefined }, 'a letter could not be sent');
      if (pause !== undefined) return db.write((tx) => postponeLetter(tx, id, now() + pause));
    }
    await db.write((tx) => deleteLetter(tx, id));
  }

  return {
    isOn: true,
    send: async (tx, letter) => {
      await insertLetter(tx, { letter, now: now(), key });
      tx.afterCommit(() => void work());
    },
    work,
    close: () => round,
  };
}

/** What a mail server refuses with 5xx for its recipient or its content it will not take later either; a password may be mended. */
function isFinal(err: unknown): boolean {
  const { code, responseCode = 0 } = err as { code?: string; responseCode?: number };
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}

/** The address that the account at the mail server has, or one at our own host. */
function senderOf(smtpUrl: string, url: string): string {
  const user = decodeURIComponent(new URL(smtpUrl).username);
  return user.includes('@') ? user : `hoory@${new URL(url).hostname}`;
}
