/**
 * Outgoing mail through `SMTP_URL`: plain text, sent in the background. An e-mail is inserted in the transaction that causes it,
 * and deleted when the mail server has accepted it, so that neither a crash nor an outage loses it.
 */
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/db.ts';
import type { Log } from '../log.ts';
import { openSchedule } from '../schedule.ts';
import { newUuid } from '../secrets.ts';
import {
  type ClaimedEmail,
  claimEmails,
  claimLifetimeMs,
  deleteEmail,
  type Email,
  insertEmail,
  postponeEmail,
  renewClaims,
  type StoredEmail,
} from './outbox.ts';

export interface Mail {
  /** Whether a mail server is configured. */
  readonly isOn: boolean;
  /** Inserts the e-mail in `tx` and sends it after the commit. Does nothing without a mail server. */
  send(tx: Tx, email: Email): Promise<void>;
  /** Sends all e-mails that are due, also those of other processes. Never rejects. */
  sendDue(): Promise<void>;
  /** Waits for the e-mails that are being sent. */
  close(): Promise<void>;
}

export interface MailOptions {
  config: Pick<Config, 'smtpUrl' | 'url'>;
  db: Db;
  log: Log;
  now: () => number;
  /** Encrypts stored e-mails, which contain links to sign in. */
  key: string;
  /** Milliseconds between two renewals of claims. */
  renewEveryMs?: number;
}

const minuteMs = 60_000;
const doNothing = async () => {};
/** Backoff before the second and each later attempt; after about a day the e-mail is dropped. */
const backoffMs = [1, 5, 30, 120, 360, 960].map((minutes) => minutes * minuteMs);
const timeoutMs = 10_000;
/** For connecting, for the greeting, and for each later pause of the mail server. */
const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };

/** Opens the outgoing mail of this process. It connects to the mail server for each e-mail only. */
export function openMail(options: MailOptions): Mail {
  const { smtpUrl, url } = options.config;
  if (!smtpUrl) return { isOn: false, send: doNothing, sendDue: doNothing, close: doNothing };
  return new Outbox(options, delivererTo(smtpUrl, url));
}

class Outbox implements Mail {
  readonly isOn = true;
  readonly #options: MailOptions;
  readonly #deliver: (email: StoredEmail) => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  /** E-mails that were sent, or failed for good, and are still stored because the database failed. */
  readonly #unsettled = new Set<string>();

  constructor(options: MailOptions, deliver: (email: StoredEmail) => Promise<void>) {
    this.#options = options;
    this.#deliver = deliver;
  }

  async send(tx: Tx, email: Email): Promise<void> {
    const { now, key } = this.#options;
    await insertEmail(tx, { email, now: now(), key });
    tx.afterCommit(() => void this.sendDue());
  }

  sendDue(): Promise<void> {
    this.#running = this.#running
      .then(() => this.#attemptDue())
      .catch((err) => this.#options.log.error({ err }, 'e-mails could not be read'));
    return this.#running;
  }

  close(): Promise<void> {
    return this.#running;
  }

  async #attemptDue(): Promise<void> {
    const { db, now, key } = this.#options;
    for (;;) {
      // Before others are claimed, so that none of these is sent again.
      for (const id of this.#unsettled) await this.#settle(id);
      const claimedAtMs = performance.now();
      const emails = await db.write((tx) => claimEmails(tx, { now: now(), key }));
      if (!emails.length) return;
      // This process was paused meanwhile: another one may have claimed these.
      if (performance.now() - claimedAtMs > claimLifetimeMs / 2) continue;
      await this.#attemptAll(emails);
    }
  }

  /** Attempts each e-mail, and renews the claims meanwhile: a slow mail server takes longer than a claim lives. */
  async #attemptAll(emails: readonly ClaimedEmail[]): Promise<void> {
    const { db, log, now, renewEveryMs = claimLifetimeMs / 4 } = this.#options;
    const open = new Set(emails);
    const renewing = openSchedule(log, {
      name: 'renewing claims of e-mails',
      everyMs: renewEveryMs,
      run: () => db.write((tx) => renewClaims(tx, open, now())),
    });
    const attempts = emails.map((email) => this.#attempt(email).finally(() => open.delete(email)));
    await Promise.allSettled(attempts);
    await renewing.close();
    await Promise.all(attempts);
  }

  async #attempt(claimed: ClaimedEmail): Promise<void> {
    const { db, log, now } = this.#options;
    try {
      await this.#deliver(claimed);
    } catch (err) {
      const { code, message, isFinal } = toSmtpError(err);
      const delayMs = isFinal ? undefined : backoffMs[claimed.attempts];
      log.error({ code, reason: message, again: delayMs !== undefined }, 'an e-mail could not be sent');
      if (delayMs !== undefined) return db.write((tx) => postponeEmail(tx, claimed, now() + delayMs));
    }
    this.#unsettled.add(claimed.id);
    await this.#settle(claimed.id);
  }

  async #settle(id: string): Promise<void> {
    await this.#options.db.write((tx) => deleteEmail(tx, id));
    this.#unsettled.delete(id);
  }
}

/**
 * Returns a function that sends an e-mail. Its message id is the same at each attempt, so that mail servers can recognise a repeat.
 */
function delivererTo(smtpUrl: string, url: string): (email: StoredEmail) => Promise<void> {
  const from = senderOf(smtpUrl, url);
  return async ({ id, email }) => {
    const { createTransport } = await import('nodemailer');
    const messageId = `<${id}@${new URL(url).hostname}>`;
    await createTransport({ url: smtpUrl, ...timeouts }).sendMail({ from, messageId, ...email });
  };
}

/** Connects and signs in, without sending. @throws errors of the connection and of the mail server */
export async function verifyMailServer(smtpUrl: string): Promise<void> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url: smtpUrl, ...timeouts });
  await transport.verify().finally(() => transport.close());
}

/** Sends one e-mail at once, without storing it. @throws errors of the connection, and refusals of the mail server */
export const sendNow = ({ smtpUrl, url }: { smtpUrl: string; url: string }, email: Email): Promise<void> =>
  delivererTo(smtpUrl, url)({ id: newUuid(), attempts: 0, email });

interface SmtpError {
  code: string | undefined;
  message: string;
  /** The server refused recipient or content with 5xx: no retry. A refused password is retried, because it may be corrected. */
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

/** The user name of `SMTP_URL` if it is an address, else one at the host of this server. */
function senderOf(smtpUrl: string, url: string): string {
  const user = decodeURIComponent(new URL(smtpUrl).username);
  return user.includes('@') ? user : `hoory@${new URL(url).hostname}`;
}
