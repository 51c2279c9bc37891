/** All SQL of e-mails that the mail server has not accepted yet. Several nodes may send them. */
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { skipLocked } from '../db/dialect.ts';
import type { LetterRow } from '../db/tables.ts';
import { newUuid, seal, unseal } from '../secrets.ts';

/** A claim expires, so that the e-mails of a killed process are sent by the next one. */
const claimLifeMs = 120_000;
/** E-mails of one claim. */
const batchSize = 10;

export interface Email {
  to: string;
  subject: string;
  text: string;
  /** The contact that it quotes: an e-mail that still waits when the contact is erased is never sent. */
  contact_id?: number;
}

export interface StoredEmail {
  id: string;
  /** Failed ones. */
  attempts: number;
  letter: Email;
}

export async function insertEmail(
  tx: Tx,
  { letter, now, key }: { letter: Email; now: number; key: string },
): Promise<void> {
  const { contact_id = null, ...content } = letter;
  const sealed = seal(key, JSON.stringify(content));
  const times = { next_attempt_at: now, created_at: now };
  const row: LetterRow = { id: newUuid(), sealed, contact_id, attempts: 0, ...times };
  await tx.insertMany('letters', [row]);
}

/** Claims e-mails that are due; no other process gets them until the claim expires. */
export async function claimEmails(
  tx: Tx,
  { now, key }: { now: number; key: string },
): Promise<StoredEmail[]> {
  const rows = await tx.all(sql<LetterRow>`update letters set next_attempt_at = ${now + claimLifeMs}
    where id in (select id from letters where next_attempt_at <= ${now}
      order by next_attempt_at limit ${batchSize} ${skipLocked(tx)}) returning *`);
  return rows.map(({ id, attempts, sealed }) => ({
    id,
    attempts,
    letter: JSON.parse(unseal(key, sealed)) as Email,
  }));
}

/** Records a failed attempt and the time of the next one. */
export async function postponeEmail(tx: Tx, id: string, next_attempt_at: number): Promise<void> {
  const failed = sql<number>`attempts + 1`;
  await tx.run(tx.q.updateTable('letters').set({ attempts: failed, next_attempt_at }).where('id', '=', id));
}

export const deleteEmail = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(tx.q.deleteFrom('letters').where('id', '=', id));
};

export const deleteEmailsAbout = async (tx: Tx, contact_id: number): Promise<void> => {
  await tx.run(tx.q.deleteFrom('letters').where('contact_id', '=', contact_id));
};
