/**
 * `Idempotency-Key` on any POST (design.md section 7): the first completed write's answer is kept with it, in its own
 * transaction, for 24 hours; a repeat gets that answer, the same key with another content is refused. An answer may hold
 * tokens: it is sealed with the key, of which only a hash is kept, so that nobody reads it who has but the database.
 */
import type { App } from '../app.ts';
import type { BatchVerb, Db, Outcome, Sql, Tx } from '../db/db.ts';
import { unprocessable } from '../errors.ts';
import { seal, sha256, unseal } from '../secrets.ts';

export interface Receipt {
  /** Session, token, or for anonymous creates the inbox. */
  caller: string;
  /** Method and path. */
  route: string;
  key: string;
  /** What was asked for, as text; its hash decides whether a repeat is the same request. */
  content: string;
}

/** Milliseconds a receipt is kept. */
export const receiptLife = 86_400_000;

/** By name; those of the answer's own, not of every answer. */
export type OwnHeaders = Readonly<Record<string, string>>;

/** Thrown in place of a write that was done before; carries the first answer. */
export class Replay extends Error {
  readonly answer: unknown;
  readonly headers: OwnHeaders;
  constructor(answer: unknown, headers: OwnHeaders) {
    super('already done');
    this.name = 'Refusal'; // decided before anything was written: the lane lets it fail alone
    this.answer = answer;
    this.headers = headers;
  }
}

/** The app whose one write leaves `receipt`, or throws `Replay`. The result of that write must be the answer sent. */
export function withReceipt(app: App, receipt: Receipt): App {
  const db: Db = {
    ...app.db,
    write: (work, lane) =>
      app.db.write(async (tx) => {
        await check(tx, receipt, app.now());
        const answer = await work(tx);
        await keep(tx, receipt, { answer, now: app.now() });
        return answer;
      }, lane),
    writeMany: <In, Out>(verb: BatchVerb<In, Out>, input: In, lane?: number) =>
      app.db.write(async (tx) => {
        await check(tx, receipt, app.now());
        const [outcome] = (await verb(tx, [input])) as [Outcome<Out>];
        if ('refusal' in outcome) throw outcome.refusal;
        await keep(tx, receipt, { answer: outcome.answer, now: app.now() });
        return outcome.answer;
      }, lane),
  };
  return { ...app, db };
}

interface Pieces<Out> {
  work(): Promise<Out>;
  /** What the answer says in headers; `work` fills them. */
  headers: OwnHeaders;
}

/** Does `work` with as many writes as it needs, unless it was done before, and leaves `receipt` after the last. @throws Replay */
export async function receiptAfter<Out>(
  app: App,
  receipt: Receipt,
  { work, headers }: Pieces<Out>,
): Promise<Out> {
  await check(app.db, receipt, app.now());
  const answer = await work();
  await app.db.write((tx) => keep(tx, receipt, { answer, headers, now: app.now() }));
  return answer;
}

async function check(sql: Sql, { caller, route, key, content }: Receipt, now: number): Promise<void> {
  const found = await sql.get(
    sql.q
      .selectFrom('receipts')
      .select(['request_hash', 'answer', 'headers', 'created_at'])
      .where('caller', '=', caller)
      .where('route', '=', route)
      .where('key_hash', '=', sha256(key)),
  );
  if (!found || found.created_at <= now - receiptLife) return;
  if (found.request_hash !== sha256(content))
    throw unprocessable('This Idempotency-Key was used before with a different request. Use a new key.');
  throw new Replay(
    JSON.parse(unseal(key, found.answer)),
    found.headers === null ? {} : JSON.parse(unseal(key, found.headers)),
  );
}

async function keep(
  tx: Tx,
  { caller, route, key, content }: Receipt,
  { answer, headers = {}, now }: { answer: unknown; headers?: OwnHeaders; now: number },
): Promise<void> {
  const sealed = (value: unknown) => seal(key, JSON.stringify(value ?? null));
  const row = {
    request_hash: sha256(content),
    answer: sealed(answer),
    headers: Object.keys(headers).length ? sealed(headers) : null,
    created_at: now,
  };
  await tx.run(
    tx.q
      .insertInto('receipts')
      .values({ caller, route, key_hash: sha256(key), ...row })
      // A receipt past its life, or of the same work done twice at once.
      .onConflict((conflict) => conflict.columns(['caller', 'route', 'key_hash']).doUpdateSet(row)),
  );
}

/** Deletes receipts past their life. */
export const pruneReceipts = (db: Db, now: number) =>
  db.run(db.q.deleteFrom('receipts').where('created_at', '<=', now - receiptLife));
