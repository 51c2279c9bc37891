/** SQL of e-mails that the mail server has not accepted yet, in the table `letters`. Several nodes may send them. */
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { skipLocked } from '../db/dialect.ts';
import type { LetterRow as EmailRow } from '../db/tables.ts';
import { isObject } from '../json-text.ts';
import { newUuid, seal, unseal } from '../secrets.ts';

/**
 * A claim expires unless its process renews it, so that another process sends the e-mails of one that was killed within 30 seconds,
 * and none of those that a slow mail server has not accepted yet.
 */
export const claimLifetimeMs = 20_000;
/** E-mails of one claim. */
const batchSize = 10;

export interface Email {
  to: string;
  subject: string;
  text: string;
  /** The contact that the text quotes: when the contact is erased, the e-mail is deleted before it is sent. */
  contact_id?: number;
}

export interface StoredEmail {
  id: string;
  /** Number of failed attempts. */
  attempts: number;
  email: Email;
}

/** An e-mail that only this process may send until the time of the claim. */
export interface ClaimedEmail extends StoredEmail {
  claimedUntil: number;
}

/** Inserts an e-mail that is due at once. @param key encrypts it */
export async function insertEmail(
  tx: Tx,
  { email, now, key }: { email: Email; now: number; key: string },
): Promise<void> {
  const { contact_id = null, ...content } = email;
  const sealed = seal(key, JSON.stringify(content));
  const times = { next_attempt_at: now, created_at: now };
  const row: EmailRow = { id: newUuid(), sealed, contact_id, attempts: 0, ...times };
  await tx.insertMany('letters', [row]);
}

/** Claims at most `batchSize` e-mails that are due; no other process gets them until the claim expires. */
export async function claimEmails(
  tx: Tx,
  { now, key }: { now: number; key: string },
): Promise<ClaimedEmail[]> {
  const claimedUntil = now + claimLifetimeMs;
  const rows = await tx.all(sql<EmailRow>`update letters set next_attempt_at = ${claimedUntil}
    where id in (select id from letters where next_attempt_at <= ${now}
      order by next_attempt_at limit ${batchSize} ${skipLocked(tx)}) returning *`);
  return rows.map(({ id, attempts, sealed }) => ({
    ...{ id, attempts, claimedUntil },
    email: readEmail(unseal(key, sealed)),
  }));
}

/** Renews the claims that have not expired. Another process may have an expired one, with a time of its own. */
export async function renewClaims(tx: Tx, emails: Iterable<ClaimedEmail>, now: number): Promise<void> {
  for (const email of emails) {
    const { id, claimedUntil } = email;
    const renewedUntil = now + claimLifetimeMs;
    const renewed = await tx.run(sql`update letters set next_attempt_at = ${renewedUntil}
      where id = ${id} and next_attempt_at = ${claimedUntil}`);
    if (renewed) tx.afterCommit(() => Object.assign(email, { claimedUntil: renewedUntil }));
  }
}

function readEmail(json: string): Email {
  const email: unknown = JSON.parse(json);
  if (!isEmail(email)) throw new Error('a stored e-mail lacks recipient, subject or text');
  return email;
}

const isEmail = (value: unknown): value is Email =>
  isObject(value) && [value.to, value.subject, value.text].every((part) => typeof part === 'string');

/** Records a failed attempt and the time of the next one, unless another process has claimed the e-mail meanwhile. */
export async function postponeEmail(
  tx: Tx,
  { id, claimedUntil }: ClaimedEmail,
  next_attempt_at: number,
): Promise<void> {
  const failed = sql<number>`attempts + 1`;
  const change = tx.q.updateTable('letters').set({ attempts: failed, next_attempt_at });
  await tx.run(change.where('id', '=', id).where('next_attempt_at', '=', claimedUntil));
}

/** Deletes an e-mail that was sent, or whose sending failed for good. */
export const deleteEmail = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(tx.q.deleteFrom('letters').where('id', '=', id));
};

/** Deletes the e-mails that quote the contact and were not sent yet. */
export const deleteEmailsAbout = async (tx: Tx, contact_id: number): Promise<void> => {
  await tx.run(tx.q.deleteFrom('letters').where('contact_id', '=', contact_id));
};
