/**
 * `Idempotency-Key` on any POST (decisions.md 7): the response of the first completed write is stored with the key,
 * in the same transaction, for 24 hours. A retry gets the stored response; the same key with another content is refused. The
 * primary key of the table `receipts` makes a second response, and so a second run of the work, impossible. Work in pieces has
 * many transactions and stores its response after the last: two parallel requests, or a retry after a crash, run it again, so
 * each piece must be idempotent. A response may hold tokens: it is sealed with the key, of which only a hash is stored, so the
 * database alone does not reveal it.
 */
import type { FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { BatchVerb, Db, Scope, Sql, Tx } from '../db/db.ts';
import { isAnyTextOf, lockName } from '../db/dialect.ts';
import { unprocessable } from '../errors.ts';
import { seal, sha256, unseal } from '../secrets.ts';
import { readObject } from '../stored-json.ts';
import type { Fields } from './read-input.ts';
import type { Upload } from './upload.ts';

export interface IdempotentRequest {
  /** The name of the session, token, or of the inbox of an anonymous create. */
  caller: string;
  /** Method and path. */
  route: string;
  key: string;
  /** The input and the files' hashes as text. Its hash decides whether a retry is the same request. */
  content: string;
}

interface Submission {
  /** The caller's name. */
  caller: string;
  input: Fields;
  uploads: readonly Upload[];
}

/** Undefined without an `Idempotency-Key`, or when the method is not POST. */
export function findIdempotentRequest(
  { headers, method, url }: Pick<FastifyRequest, 'headers' | 'method' | 'url'>,
  { caller, input, uploads }: Submission,
): IdempotentRequest | undefined {
  const key = headers['idempotency-key'];
  if (method !== 'POST' || typeof key !== 'string' || !key.trim()) return undefined;
  return {
    caller,
    route: `POST ${url.split('?')[0]}`,
    key: key.trim(),
    content: JSON.stringify(
      [input, uploads.map(({ file_name, sha256 }) => [file_name, sha256])],
      withoutUploads,
    ),
  };
}

/** Keys of stored files differ between tries, so the content has the files' hashes instead. */
const withoutUploads = (_name: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'sha256' in value ? undefined : value;

/** A response is stored for 24 hours. */
export const responseLifeMs = 86_400_000;

/** Headers that a verb has set, by name; not those of every response. */
export type OwnHeaders = Readonly<Record<string, string>>;

/** The response of a completed write. */
export interface StoredResponse {
  answer: unknown;
  headers: OwnHeaders;
}

interface KeyedWork {
  /** Runs the verb with this app. */
  run(app: App): Promise<unknown>;
  /** Headers of the verb's response; `run` fills them. */
  headers: OwnHeaders;
}

/**
 * Runs a verb with one write and stores its answer in the transaction of that write, or returns the stored response of the first
 * request with this key.
 */
export async function respondOnce(
  app: App,
  request: IdempotentRequest,
  { run, headers }: KeyedWork,
): Promise<StoredResponse> {
  try {
    return { answer: await run(withStoredWrite(app, request)), headers };
  } catch (error) {
    if (error instanceof AlreadyAnswered) return error.response;
    throw error;
  }
}

/** Like `respondOnce`, for a verb with many writes: stores its answer and headers after the last of them. */
export async function respondOnceInPieces(
  app: App,
  request: IdempotentRequest,
  { run, headers }: KeyedWork,
): Promise<StoredResponse> {
  const stored = await findStoredResponse(app.db, request, app.now());
  if (stored) return stored;
  const response = { answer: await run(app), headers };
  return app.db.write(async (tx) => {
    const earlier = await lockResponse(tx, request, app.now());
    if (!earlier) await insertResponse(tx, request, response, app.now());
    return earlier ?? response;
  });
}

/** Ends a verb whose write found a stored response. `respondOnce` catches it. */
class AlreadyAnswered extends Error {
  readonly response: StoredResponse;
  constructor(response: StoredResponse) {
    super('An earlier request with this Idempotency-Key was answered');
    this.response = response;
  }
}

/** An app whose one write stores its result as the response to `request`. That write throws `AlreadyAnswered` on a retry. */
function withStoredWrite(app: App, request: IdempotentRequest): App {
  const key = `receipt:${receiptName(request)}`;
  const write = async <Out>(work: (tx: Tx) => Promise<Out>, scope?: Scope): Promise<Out> => {
    const result = await app.db.write(
      async (tx): Promise<{ stored: StoredResponse } | { answer: Out }> => {
        const stored = await lockResponse(tx, request, app.now());
        if (stored) return { stored };
        const answer = await work(tx);
        await insertResponse(tx, request, { answer, headers: {} }, app.now());
        return { answer };
      },
      scope && [...scope, key],
    );
    if ('stored' in result) throw new AlreadyAnswered(result.stored);
    return result.answer;
  };
  const writeMany = <In, Out>(verb: BatchVerb<In, Out>, input: In, scope?: Scope) =>
    write((tx) => tx.gather(verb, input), scope);
  return { ...app, db: { ...app.db, write, writeMany } };
}

const receiptName = ({ caller, route, key }: IdempotentRequest) => `${caller} ${route} ${sha256(key)}`;

/**
 * Requests of one key wait for each other, in all processes: the work of the first must not be the reason to refuse the second.
 * @returns the response of an earlier request with this key
 */
async function lockResponse(
  tx: Tx,
  request: IdempotentRequest,
  now: number,
): Promise<StoredResponse | undefined> {
  await lockName(tx, `receipt ${receiptName(request)}`);
  return findStoredResponse(tx, request, now);
}

/** @throws unprocessable when the stored response belongs to a request with another content */
async function findStoredResponse(
  sql: Sql,
  { caller, route, key, content }: IdempotentRequest,
  now: number,
): Promise<StoredResponse | undefined> {
  const found = await sql.get(
    sql.q
      .selectFrom('receipts')
      .select(['request_hash', 'answer', 'headers', 'created_at'])
      .where('caller', '=', caller)
      .where('route', '=', route)
      .where('key_hash', '=', sha256(key)),
  );
  if (!found || found.created_at <= now - responseLifeMs) return undefined;
  if (found.request_hash !== sha256(content))
    throw unprocessable('This Idempotency-Key was used before with a different request. Use a new key.');
  return {
    answer: JSON.parse(unseal(key, found.answer)),
    headers: found.headers === null ? {} : readHeaders(unseal(key, found.headers)),
  };
}

const readHeaders = (json: string): OwnHeaders =>
  Object.fromEntries(
    Object.entries(readObject(json)).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );

async function insertResponse(
  tx: Tx,
  { caller, route, key, content }: IdempotentRequest,
  { answer, headers }: StoredResponse,
  now: number,
): Promise<void> {
  const sealed = (value: unknown) => seal(key, JSON.stringify(value ?? null));
  const row = {
    request_hash: sha256(content),
    answer: sealed(answer),
    headers: Object.keys(headers).length ? sealed(headers) : null,
    created_at: now,
  };
  const name = { caller, route, key_hash: sha256(key) };
  await tx.run(
    tx.q
      .deleteFrom('receipts')
      .where('caller', '=', caller)
      .where('route', '=', route)
      .where('key_hash', '=', name.key_hash)
      .where('created_at', '<=', now - responseLifeMs),
  );
  // The primary key fails this transaction when another one stored a response meanwhile. The group commit then runs it again.
  await tx.run(tx.q.insertInto('receipts').values({ ...name, ...row }));
}

/** Responses that one transaction deletes, so that other writes never wait for long. */
const batchSize = 500;

/** Deletes expired responses. */
export async function pruneStoredResponses(db: Db, now: number): Promise<void> {
  const old = db.q
    .selectFrom('receipts')
    .select(['caller', 'route', 'key_hash', 'created_at'])
    .where('created_at', '<=', now - responseLifeMs)
    .orderBy('created_at')
    .limit(batchSize);
  for (let found = await db.all(old); found.length; found = await db.all(old))
    await db.write(async (tx) => {
      for (const { caller, route, key_hash, created_at } of found)
        await tx.run(
          tx.q
            .deleteFrom('receipts')
            .where('caller', '=', caller)
            .where('route', '=', route)
            .where('key_hash', '=', key_hash)
            .where('created_at', '=', created_at),
        );
    });
}

/** Deletes the responses that are stored for these callers. */
export async function deleteStoredResponses(tx: Tx, callers: readonly string[]): Promise<void> {
  await tx.run(tx.q.deleteFrom('receipts').where(isAnyTextOf(tx, 'caller', callers)));
}
