/** Stored sign-ins, found by the sign-in headers of a request (application-api.md section 2.2). Tokens are stored as hashes. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { SignInRow, UserRow } from '../db/tables.ts';
import { isObject } from '../json-text.ts';
import { isSame, newSignInToken, sha256 } from '../secrets.ts';

/** The most sign-ins of a user; one more deletes the oldest. */
const maxSignIns = 25;
/** Two months. */
const signInLifetimeMs = 61 * 86_400_000;

export interface SignIn {
  id: number;
  user: UserRow;
  /** Headers of the response to the sign-in, and of every response to a request with it. */
  headers: Record<string, string>;
}

const signInByClient = preparedQuery((q, params: { client: string }) =>
  q.selectFrom('sign_ins').selectAll().where('client', '=', params.client),
);
const userById = preparedQuery((q, params: { id: number }) =>
  q.selectFrom('users').selectAll().where('id', '=', params.id),
);

/** Inserts a sign-in of `user`, and deletes their oldest beyond `maxSignIns`. */
export async function insertSignIn(app: App, tx: Tx, user: UserRow): Promise<SignIn> {
  const id = await newId(tx, 'sign_ins');
  const token = newSignInToken();
  const now = app.now();
  const row: SignInRow = {
    id,
    user_id: user.id,
    client: newSignInToken(),
    token_hash: sha256(token),
    expires_at: now + signInLifetimeMs,
    created_at: now,
  };
  await tx.insertMany('sign_ins', [row]);
  await deleteOldest(tx, user.id);
  return { id, user, headers: headersOf(row, user, token) };
}

async function deleteOldest(tx: Tx, user_id: number): Promise<void> {
  const oldest = await tx.get(
    tx.q
      .selectFrom('sign_ins')
      .select('id')
      .where('user_id', '=', user_id)
      .orderBy('id', 'desc')
      .offset(maxSignIns)
      .limit(1),
  );
  if (oldest)
    await tx.run(tx.q.deleteFrom('sign_ins').where('user_id', '=', user_id).where('id', '<=', oldest.id));
}

/** Deletes every sign-in of the user. */
export async function deleteSignIns(tx: Tx, user_id: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('sign_ins').where('user_id', '=', user_id));
}

/** Deletes every sign-in of the user but the newest. */
export async function keepNewestSignIn(tx: Tx, user_id: number): Promise<void> {
  const newest = await tx.get(
    tx.q.selectFrom('sign_ins').select('id').where('user_id', '=', user_id).orderBy('id', 'desc').limit(1),
  );
  if (newest)
    await tx.run(tx.q.deleteFrom('sign_ins').where('user_id', '=', user_id).where('id', '<', newest.id));
}

/**
 * The sign-in that these request headers name; undefined without headers, for an expired sign-in, a wrong token or another `uid`.
 */
export async function findSignIn(
  app: App,
  headers: Record<string, string | string[] | undefined>,
): Promise<SignIn | undefined> {
  const credentials = findCredentials(headers);
  if (!credentials) return undefined;
  const { token, client, uid } = credentials;
  const row = await app.db.get(signInByClient(app.db, { client }));
  if (!row || row.expires_at <= app.now() || !isSame(sha256(token), row.token_hash)) return undefined;
  const user = await app.db.get(userById(app.db, { id: row.user_id }));
  if (!user || ![user.email, headerText(user.email)].includes(uid.trim().toLowerCase())) return undefined;
  return { id: row.id, user, headers: headersOf(row, user, token) };
}

/** @returns whether there was such a sign-in */
export async function deleteSignIn(db: Sql, id: number): Promise<boolean> {
  return (await db.run(db.q.deleteFrom('sign_ins').where('id', '=', id))) > 0;
}

interface Credentials {
  token: string;
  client: string;
  uid: string;
}

/** The three headers, or the one `authorization` header with all of them as base64 of JSON. */
function findCredentials(headers: Record<string, string | string[] | undefined>): Credentials | undefined {
  return toCredentials(headers) ?? toCredentials(bearerOf(headers.authorization));
}

function toCredentials(from: Record<string, unknown>): Credentials | undefined {
  const { 'access-token': token, client, uid } = from;
  return typeof token === 'string' && typeof client === 'string' && typeof uid === 'string'
    ? { token, client, uid }
    : undefined;
}

function bearerOf(header: string | string[] | undefined): Record<string, unknown> {
  const [, encoded = ''] = /^Bearer\s+(\S+)$/i.exec(String(header ?? '')) ?? [];
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function headersOf(
  row: Pick<SignInRow, 'client' | 'expires_at'>,
  user: UserRow,
  token: string,
): Record<string, string> {
  const headers = {
    'access-token': token,
    'token-type': 'Bearer',
    client: row.client,
    expiry: String(Math.floor(row.expires_at / 1000)),
    uid: user.email,
  };
  // An address may have characters that a header may not: `uid` is percent-encoded; `authorization` is base64 of the original.
  return {
    ...headers,
    uid: headerText(user.email),
    authorization: `Bearer ${Buffer.from(JSON.stringify(headers)).toString('base64')}`,
  };
}

const headerText = (text: string) =>
  /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text).toLowerCase();
