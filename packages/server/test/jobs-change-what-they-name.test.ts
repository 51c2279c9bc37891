/**
 * Jobs of a batch run side by side when their scopes have no common name (`db/waves.ts`). Each job with a scope changes only
 * conversations and contacts that it names, and rows of those, besides what it creates. Triggers of a SQLite file record the
 * changes of each job.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Db, Outcome, Scope, Tx } from '../src/db/db.ts';
import { type Customer, createConnectedAccount } from './fixtures/connected-account.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { startTestServer, type TestServer } from './server.ts';

const sources = fileURLToPath(new URL('../src', import.meta.url));

interface Change {
  /** `conversation:5` or `contact:5`. */
  name: string;
  table_name: string;
  /** 1 for a conversation or contact that the job has created. */
  is_new: number;
}

interface JobRecord {
  scope: Scope;
  /** File that gave the job to the database. */
  file: string;
  changes: Change[];
}

/** Changes outside of the scope, each with the reason why jobs beside it cannot be harmed. */
const exceptions: readonly { file: string; table: string; reason: string }[] = [
  {
    file: 'webhooks/claim-due.ts',
    table: 'webhook_deliveries',
    reason:
      'a claim takes deliveries that are due at that moment; those of a job beside it are due in the next round',
  },
];

let server: TestServer;
let receiver: Receiver;
const jobs: JobRecord[] = [];

beforeAll(async () => {
  receiver = await openReceiver();
  server = await startTestServer({ engine: 'sqlite', settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
  recordChanges(join(server.config.data, 'hoory.sqlite'));
  recordJobs(server.app.db);
  await useAll();
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

/** Adds triggers that write a row into `changes` for each changed row of a conversation or contact. */
function recordChanges(file: string): void {
  const database = new Database(file, { timeout: 5000 });
  const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck().all();
  database.exec('create table changes (name text, table_name text, is_new integer)');
  for (const table of tables.map(String)) {
    const columns = database.prepare('select name from pragma_table_info(?)').pluck().all(table);
    const owner = ownerOf(table, columns);
    if (!owner) continue;
    const { kind, column } = owner;
    for (const [event, row] of [
      ['insert', 'new'],
      ['update', 'new'],
      ['update', 'old'],
      ['delete', 'old'],
    ])
      database.exec(
        `create trigger changes_${table}_${event}_${row} after ${event} on ${table} when ${row}.${column} > 0 begin
          insert into changes values ('${kind}:' || ${row}.${column}, '${table}', ${column === 'id' && event === 'insert' ? 1 : 0});
        end`,
      );
  }
  database.close();
}

/** What a row belongs to. Rows of a conversation are found by their contact only in jobs without a scope, which run alone. */
function ownerOf(table: string, columns: readonly unknown[]): { kind: string; column: string } | undefined {
  if (table === 'conversations') return { kind: 'conversation', column: 'id' };
  if (table === 'contacts') return { kind: 'contact', column: 'id' };
  const kind = ['conversation', 'contact'].find((one) => columns.includes(`${one}_id`));
  return kind === undefined ? undefined : { kind, column: `${kind}_id` };
}

/** Each job runs alone, and `jobs` gets what those with a scope have changed. */
function recordJobs(db: Db): void {
  const { write } = db;
  const recorded = <Out>(work: (tx: Tx) => Promise<Out>, scope: Scope | undefined): Promise<Out> => {
    const file = callingFile();
    return write(async (tx) => {
      await tx.run(sql`delete from changes`);
      const answer = await work(tx);
      if (scope)
        jobs.push({ scope, file, changes: await tx.all(sql<Change>`select distinct * from changes`) });
      return answer;
    });
  };
  Object.assign(db, {
    write: recorded,
    writeMany: <In, Out>(
      verb: (tx: Tx, batch: readonly In[]) => Promise<Outcome<Out>[]>,
      input: In,
      scope?: Scope,
    ) => recorded((tx) => tx.gather(verb, input), scope),
  });
}

/** The source file below the engines that has called the database. */
function callingFile(): string {
  const files = [...`${new Error().stack}`.matchAll(/\(?([^\s(]+\.ts):\d+:\d+\)?/g)].map(([, path = '']) =>
    relative(sources, path.replace('file://', '')),
  );
  return files.find((path) => !path.startsWith('..') && !/^(db|http|nodes)\//.test(path)) ?? 'unknown';
}

/** All verbs whose jobs have a scope, also with what listeners, webhooks and assignment add to them. */
async function useAll(): Promise<void> {
  const connected = await createConnectedAccount(server);
  const { fixture, callAgent, callClient, createContact, createConversation, postMessage, postReply } =
    connected;
  const { administrator, member } = fixture;
  const subscriptions = ['conversation_updated', 'conversation_status_changed', 'message_created'];
  await callAgent(administrator, 'agentCreateWebhook', {}, { url: `${receiver.url}/hook`, subscriptions });
  const customer: Customer = await createContact({ email: 'ann@mail.test', name: 'Ann' });
  await createConversation(customer);
  const other = await createContact({ email: 'ben@mail.test' });
  await createConversation(other);
  const at = { conversation_id: customer.place.conversation_id as number };
  await postMessage(customer, 'Is somebody there?');
  await callAgent(administrator, 'agentAssignConversation', at, { assignee_id: member.id });
  await callAgent(administrator, 'agentAddParticipants', at, { user_ids: [administrator.id] });
  const reply = await postReply(customer, { content: 'Yes' });
  await postMessage(customer, 'Good');
  await postReply(customer, {
    content: `[@Ada](mention://user/${administrator.id}/Ada)`,
    private: true,
  });
  await callAgent(member, 'agentSetConversationLabels', at, { labels: ['vip'] });
  await callAgent(member, 'agentTogglePriority', at, { priority: 'high' });
  await callAgent(member, 'agentSetConversationAttributes', at, { custom_attributes: { plan: 'gold' } });
  await callAgent(member, 'agentUpdateLastSeen', at);
  await callAgent(member, 'agentMarkUnread', at);
  await callAgent(member, 'agentToggleTyping', at, { typing_status: 'on' });
  await callAgent(member, 'agentSetDraft', at, { message: 'I think' });
  await callAgent(member, 'agentDeleteDraft', at);
  await callAgent(member, 'agentDeleteMessage', { ...at, message_id: reply.id });
  for (const status of ['snoozed', 'resolved']) await callAgent(member, 'agentToggleStatus', at, { status });
  await postMessage(customer, 'Once more');
  await callClient('toggleTyping', customer.place, { typing_status: 'on' });
  await callClient('updateLastSeen', customer.place);
  await callClient('toggleStatus', customer.place);
  const unsettled = sql<{ id: number }>`select id from webhook_deliveries where settled_at is null limit 1`;
  await vi.waitFor(async () => expect(await server.app.db.all(unsettled)).toEqual([]), 15_000);
}

it('changes only conversations and contacts that the job names or creates', () => {
  const outside = jobs.flatMap(({ scope, file, changes }) => {
    const created = changes.filter(({ is_new }) => is_new).map(({ name }) => name);
    return changes
      .filter(({ name }) => !scope.includes(name) && !created.includes(name))
      .filter(({ table_name }) => !exceptions.some((one) => one.file === file && one.table === table_name))
      .map(({ name, table_name }) => ({ file, scope, name, table_name }));
  });
  expect(outside).toEqual([]);
  expect(
    new Set(jobs.flatMap(({ changes }) => changes.map(({ table_name }) => table_name))).size,
  ).toBeGreaterThan(10);
});

it('runs a job of every file that names scopes', () => {
  const named = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      /(?<!\.test)\.ts$/.test(path) && /record\/scope\.ts'/.test(readFileSync(join(sources, path), 'utf8')),
  );
  const others = ['contacts/client.ts', 'webhooks/claim-due.ts', 'webhooks/recorder.ts'];
  expect(jobs.map(({ file }) => file)).toEqual(expect.arrayContaining([...named, ...others]));
});
