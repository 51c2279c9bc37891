/** All SQL of letters that the mail server has not taken yet. Any number of nodes may send them. */
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { skipLocked } from '../db/dialect.ts';
import type { LetterRow } from '../db/tables.ts';
import { newUuid, seal, unseal } from '../secrets.ts';

/** Milliseconds that a claim holds; whoever dies with it loses it then. */
const claimLife = 120_000;
/** Letters taken at once. */
const atOnce = 10;

export interface Letter {
  to: string;
  subject: string;
  text: string;
  /** Whom it quotes: a letter that waits when they are erased is never sent. */
  contact_id?: number;
}

export interface Kept {
  id: string;
  /** Those that failed. */
  attempts: number;
  letter: Letter;
}

export async function insertLetter(
  tx: Tx,
  { letter, now, key }: { letter: Letter; now: number; key: string },
): Promise<void> {
  const { contact_id = null, ...said } = letter;
  const sealed = seal(key, JSON.stringify(said));
  const times = { next_attempt_at: now, created_at: now };
  const row: LetterRow = { id: newUuid(), sealed, contact_id, attempts: 0, ...times };
  await tx.insertMany('letters', [row]);
}

/** Takes letters that are due for a while; nobody else is given them until the claim ends. */
export async function claimLetters(tx: Tx, { now, key }: { now: number; key: string }): Promise<Kept[]> {
  const rows = await tx.all(sql<LetterRow>`update letters set next_attempt_at = ${now + claimLife}
    where id in (select id from letters where next_attempt_at <= ${now}
      order by next_attempt_at limit ${atOnce} ${skipLocked(tx)}) returning *`);
  return rows.map(({ id, attempts, sealed }) => ({
    id,
    attempts,
    letter: JSON.parse(unseal(key, sealed)) as Letter,
  }));
}

/** Notes an attempt that failed and when the next one is. */
export async function postponeLetter(tx: Tx, id: string, next_attempt_at: number): Promise<void> {
  const failed = sql<number>`attempts + 1`;
  await tx.run(tx.q.updateTable('letters').set({ attempts: failed, next_attempt_at }).where('id', '=', id));
}

export const deleteLetter = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(tx.q.deleteFrom('letters').where('id', '=', id));
};

export const deleteLettersOf = async (tx: Tx, contact_id: number): Promise<void> => {
  await tx.run(tx.q.deleteFrom('letters').where('contact_id', '=', contact_id));
};
