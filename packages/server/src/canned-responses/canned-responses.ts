/** Canned responses: texts for answers that an account stores under short codes (application-api.md section 6.10). */
import type { CannedResponse } from '@hoory/contract';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql, Tx } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { CannedResponseRow } from '../db/tables.ts';
import { invalid, notFound } from '../errors.ts';
import { fold } from '../fold.ts';
import { toWord } from '../text.ts';
import { toIso } from '../time.ts';

interface CannedResponseInput {
  short_code?: string;
  content?: string;
}

/**
 * All canned responses, by short code. With `search`, those that contain it: first where the short code begins with it, then where
 * the short code contains it, then where only the content does. Searched in memory: without `search` the answer is the whole list
 * too.
 */
export async function listCannedResponses(
  app: App,
  { account }: AgentCaller,
  { search }: { search?: string },
): Promise<CannedResponse[]> {
  const text = fold(search ?? '');
  const stored: CannedResponseRow[] = await app.db.all(responseQuery(app.db, account.id));
  // Compared here, because the two databases sort and fold text differently.
  const ranked = stored.map((row) => {
    const key = fold(row.short_code);
    const index = key.indexOf(text);
    const rank = index >= 0 ? Number(index > 0) : fold(row.content).includes(text) ? 2 : undefined;
    return { row, key, rank };
  });
  return ranked
    .filter(({ rank }) => rank !== undefined)
    .sort(
      (a, b) =>
        (text && Number(a.rank) - Number(b.rank)) || compareTexts(a.key, b.key) || a.row.id - b.row.id,
    )
    .map(({ row }) => toCannedResponse(row));
}

const compareTexts = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** @throws invalid 422 on `short_code` when another canned response of the account has it */
export async function createCannedResponse(
  app: App,
  { account }: AgentCaller,
  input: Required<CannedResponseInput>,
): Promise<CannedResponse> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const now = app.now();
    const id = await newId(tx, 'canned_responses');
    const row = await checkShortCode(tx, {
      id,
      account_id: account.id,
      short_code: toWord(input.short_code),
      content: input.content,
      created_at: now,
      updated_at: now,
    });
    await tx.insertMany('canned_responses', [row]);
    return toCannedResponse(row);
  });
}

/** Changes the fields that the input names. @throws not_found, invalid 422 on `short_code` when another one has it */
export async function updateCannedResponse(
  app: App,
  { account }: AgentCaller,
  { id, ...input }: CannedResponseInput & { id: number },
): Promise<CannedResponse> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const stored: CannedResponseRow | undefined = await tx.get(
      responseQuery(tx, account.id).where('id', '=', id),
    );
    if (!stored) throw notFound();
    const row = await checkShortCode(tx, {
      ...stored,
      ...(input.short_code !== undefined && { short_code: toWord(input.short_code) }),
      ...(input.content !== undefined && { content: input.content }),
      updated_at: app.now(),
    });
    await tx.updateMany('canned_responses', [row], ['short_code', 'content', 'updated_at']);
    return toCannedResponse(row);
  });
}

/** @throws not_found, also for a canned response of another account */
export async function deleteCannedResponse(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  const deleted = await app.db.write((tx) =>
    tx.run(tx.q.deleteFrom('canned_responses').where('account_id', '=', account.id).where('id', '=', id)),
  );
  if (!deleted) throw notFound();
}

const responseQuery = (db: Sql, account_id: number) =>
  db.q.selectFrom('canned_responses').selectAll().where('account_id', '=', account_id);

/** Returns the row. The account is locked, so no concurrent request can take the code before the write. @throws invalid */
async function checkShortCode(tx: Tx, row: CannedResponseRow): Promise<CannedResponseRow> {
  const owner = await tx.get(responseQuery(tx, row.account_id).where('short_code', '=', row.short_code));
  if (owner && owner.id !== row.id) throw invalid('short_code', 'Short code has already been taken');
  return row;
}

const toCannedResponse = (row: CannedResponseRow): CannedResponse => ({
  id: row.id,
  account_id: row.account_id,
  short_code: row.short_code,
  content: row.content,
  created_at: toIso(row.created_at),
  updated_at: toIso(row.updated_at),
});
