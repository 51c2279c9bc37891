/** Sign-ins: the stored side of the sign-in headers (application-api.md section 2.2). Tokens are kept as hashes. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { SignInRow, UserRow } from '../db/tables.ts';
import { isObject } from '../json-text.ts';
import { isSame, newSignInToken, sha256 } from '../secrets.ts';

/** The oldest sign-in of a user is deleted beyond this number. */
const maxSignIns = 25;
/** Two months, in milliseconds. */
const signInLifeMs = 61 * 86_400_000;

export interface SignIn {
  id: number;
  user: UserRow;
  /** The headers of the answer to the sign-in and of every answer after it. */
  headers: Record<string, string>;
}

const signInByClient = preparedQuery((q, place: { client: string }) =>
  q.selectFrom('sign_ins').selectAll().where('client', '=', place.client),
);
const userById = preparedQuery((q, place: { id: number }) =>
  q.selectFrom('users').selectAll().where('id', '=', place.id),
);

/** Inserts a sign-in of `user`. */
export async function insertSignIn(app: App, tx: Tx, user: UserRow): Promise<SignIn> {
  const [id] = (await tx.nextIds('sign_ins', 1)) as [number];
  const token = newSignInToken();
  const now = app.now();
  const row: SignInRow = {
    id,
    user_id: user.id,
    client: newSignInToken(),
    token_hash: sha256(token),
    expires_at: now + signInLifeMs,
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

/** Ends every sign-in of the user but the newest. */
export async function keepNewestSignIn(tx: Tx, user_id: number): Promise<void> {
  const newest = await tx.get(
    tx.q.selectFrom('sign_ins').select('id').where('user_id', '=', user_id).orderBy('id', 'desc').limit(1),
  );
  if (newest)
    await tx.run(tx.q.deleteFrom('sign_ins').where('user_id', '=', user_id).where('id', '<', newest.id));
}

/** The live sign-in that these request headers name; undefined when they name none or are wrong. */
export async function findSignIn(
  app: App,
  headers: Record<string, string | string[] | undefined>,
): Promise<SignIn | undefined> {
  const named = findCredentials(headers);
  if (!named) return undefined;
  const { token, client, uid } = named;
  const row = await app.db.get(signInByClient(app.db, { client }));
  if (!row || row.expires_at <= app.now() || !isSame(sha256(token), row.token_hash)) return undefined;
  const user = await app.db.get(userById(app.db, { id: row.user_id }));
  if (!user || ![user.email, headerText(user.email)].includes(uid.trim().toLowerCase())) return undefined;
  return { id: row.id, user, headers: headersOf(row, user, token) };
}

/** @returns whether there was one */
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
  // E-mails may hold letters that a header may not: the one header with all of them is base64, this one is escaped.
  return {
    ...headers,
    uid: headerText(user.email),
    authorization: `Bearer ${Buffer.from(JSON.stringify(headers)).toString('base64')}`,
  };
}

const headerText = (text: string) =>
  /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text).toLowerCase();
