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
import type { BatchVerb, Db, Sql, Tx } from '../db/db.ts';
import { isAnyTextOf, lockName } from '../db/dialect.ts';
import { Refusal, unprocessable } from '../errors.ts';
import { seal, sha256, unseal } from '../secrets.ts';
import type { Bag } from './read-input.ts';
import type { Upload } from './upload.ts';

export interface IdempotentRequest {
  /** Session, token, or for anonymous creates the inbox. */
  caller: string;
  /** Method and path. */
  route: string;
  key: string;
  /** What was asked for, as text; its hash decides whether a repeat is the same request. */
  content: string;
}

interface Submission {
  /** The caller's name. */
  caller: string;
  input: Bag;
  uploads: readonly Upload[];
}

/** The request by its `Idempotency-Key`; undefined without one, or when it is no POST. */
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

/** Store keys differ from try to try; the files' hashes stand for them. */
const withoutUploads = (_name: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'sha256' in value ? undefined : value;

/** How long a response is stored. */
export const responseLifeMs = 86_400_000;

/** By name; those of the answer's own, not of every answer. */
export type OwnHeaders = Readonly<Record<string, string>>;

/** Thrown instead of repeating a completed write; carries its response. */
export class StoredResponse extends Refusal {
  readonly answer: unknown;
  readonly headers: OwnHeaders;
  constructor(answer: unknown, headers: OwnHeaders) {
    // A refusal fails alone in its batch (`db/group-commit.ts`); this one never becomes an error of its own.
    super('unprocessable', 'already done');
    this.answer = answer;
    this.headers = headers;
  }
}

/** An app whose one write stores its result as the response to `request`. That write throws `StoredResponse` on a retry. */
export function storeResponseOfWrite(app: App, request: IdempotentRequest): App {
  const db: Db = {
    ...app.db,
    write: (work) =>
      app.db.write(async (tx) => {
        await begin(tx, request, app.now());
        const answer = await work(tx);
        await keep(tx, request, { answer, now: app.now() });
        return answer;
      }),
    writeMany: <In, Out>(verb: BatchVerb<In, Out>, input: In) =>
      app.db.write(async (tx) => {
        await begin(tx, request, app.now());
        const [outcome] = await verb(tx, [input]);
        if (!outcome) throw new Error('A batch verb gave no outcome');
        if ('refusal' in outcome) throw outcome.refusal;
        await keep(tx, request, { answer: outcome.answer, now: app.now() });
        return outcome.answer;
      }),
  };
  return { ...app, db };
}

interface Pieces<Out> {
  work(): Promise<Out>;
  /** What the answer says in headers; `work` fills them. */
  headers: OwnHeaders;
}

/** Runs `work`, which may have many writes, and stores its response after the last. @throws StoredResponse on a retry */
export async function storeResponseAfter<Out>(
  app: App,
  request: IdempotentRequest,
  { work, headers }: Pieces<Out>,
): Promise<Out> {
  await check(app.db, request, app.now());
  const answer = await work();
  await app.db.write(async (tx) => {
    await begin(tx, request, app.now());
    await keep(tx, request, { answer, headers, now: app.now() });
  });
  return answer;
}

/** Requests of one key wait for each other, in all processes: what the first one does must not refuse the second. */
async function begin(tx: Tx, request: IdempotentRequest, now: number): Promise<void> {
  await lockName(tx, `receipt ${request.caller} ${request.route} ${sha256(request.key)}`);
  await check(tx, request, now);
}

async function check(
  sql: Sql,
  { caller, route, key, content }: IdempotentRequest,
  now: number,
): Promise<void> {
  const found = await sql.get(
    sql.q
      .selectFrom('receipts')
      .select(['request_hash', 'answer', 'headers', 'created_at'])
      .where('caller', '=', caller)
      .where('route', '=', route)
      .where('key_hash', '=', sha256(key)),
  );
  if (!found || found.created_at <= now - responseLifeMs) return;
  if (found.request_hash !== sha256(content))
    throw unprocessable('This Idempotency-Key was used before with a different request. Use a new key.');
  throw new StoredResponse(
    JSON.parse(unseal(key, found.answer)),
    found.headers === null ? {} : JSON.parse(unseal(key, found.headers)),
  );
}

async function keep(
  tx: Tx,
  { caller, route, key, content }: IdempotentRequest,
  { answer, headers = {}, now }: { answer: unknown; headers?: OwnHeaders; now: number },
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
  // The primary key fails this transaction when another one has done the work all the same. The group commit then runs it again.
  await tx.run(tx.q.insertInto('receipts').values({ ...name, ...row }));
}

/** Responses that one transaction deletes, so that other writes never wait for long. */
const portion = 500;

/** Deletes expired responses. */
export async function pruneStoredResponses(db: Db, now: number): Promise<void> {
  const old = db.q
    .selectFrom('receipts')
    .select(['caller', 'route', 'key_hash', 'created_at'])
    .where('created_at', '<=', now - responseLifeMs)
    .orderBy('created_at')
    .limit(portion);
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
