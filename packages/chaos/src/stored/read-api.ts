/** Reads over HTTP what anybody would see who opens the conversations now. */
import { notesIn } from '../followers/follower.ts';
import { listOf, numberOf, numberOrNone, objectOf } from '../json.ts';
import { readJson } from '../load/http.ts';
import { accountPath, type Office, sessionPath } from '../load/office.ts';
import type { Database, ToldByApi, ToldConversation } from './stored.ts';

/** @param database tells which conversations and sessions there are */
export async function readApi(office: Office, database: Database): Promise<ToldByApi> {
  const conversations: ToldConversation[] = [];
  for (const { id } of database.conversations) conversations.push(await readConversation(office, id));
  const customers: ToldByApi['customers'] = new Map();
  for (const source_id of database.sessions)
    customers.set(source_id, await readAsCustomer(office, source_id));
  return { conversations, customers, counters: await readCounters(office) };
}

type User = 'administrator' | 'agent';

async function readAs(office: Office, user: User, path: string): Promise<unknown> {
  const { base, signal } = office.insisting;
  const headers = { api_access_token: office.installation[user].access_token };
  return readJson(base, path, { headers, signal });
}

async function readConversation(office: Office, id: number): Promise<ToldConversation> {
  const path = `${accountPath(office)}/conversations/${id}`;
  const { status, unread_count } = objectOf(await readAs(office, 'administrator', path));
  const messages: number[] = [];
  for (let after = 0; ; ) {
    const query = `after=${after}&before=${Number.MAX_SAFE_INTEGER}`;
    const page = objectOf(await readAs(office, 'administrator', `${path}/messages?${query}`));
    const ids = idsOf(page.payload);
    messages.push(...ids);
    // A page has at most 1000.
    if (ids.length < 1_000) break;
    after = 1 + Math.max(...ids);
  }
  return { id, status: String(status), unread_count: numberOf(unread_count, 'unread_count'), messages };
}

async function readAsCustomer(office: Office, source_id: string) {
  const { base, signal } = office.insisting;
  const path = `${sessionPath(office, source_id)}/conversations`;
  const found: { id: number; messages: number[]; notes?: string[] }[] = [];
  for (const id of idsOf(await readJson(base, path, { signal }))) {
    const newest = listOf(objectOf(await readJson(base, `${path}/${id}`, { signal })).messages);
    const messages = idsOf(newest);
    // Only the newest 1000 are in a conversation.
    while (newest.length >= 1_000) {
      const older = idsOf(await readJson(base, `${path}/${id}/messages?before=${messages[0]}`, { signal }));
      if (!older.length) break;
      messages.unshift(...older);
    }
    found.push({ id, messages, ...notesIn(newest) });
  }
  return found;
}

const statuses = ['open', 'resolved', 'pending', 'snoozed', 'all'] as const;

async function readCounters(office: Office): Promise<ToldByApi['counters']> {
  const counters: ToldByApi['counters'] = new Map();
  const account = accountPath(office);
  for (const status of statuses) {
    const { meta } = objectOf(
      await readAs(office, 'administrator', `${account}/conversations/meta?status=${status}`),
    );
    for (const [name, count] of numbersOf(meta, [
      'mine_count',
      'assigned_count',
      'unassigned_count',
      'all_count',
    ]))
      counters.set(`conversations ${status} ${name}`, count);
  }
  const day = 86_400;
  const now = Math.floor(Date.now() / 1000);
  const reports = account.replace('/v1/', '/v2/');
  const span = `since=${now - day}&until=${now + day}`;
  const summary = objectOf(
    await readAs(office, 'administrator', `${reports}/reports/summary?type=account&${span}`),
  );
  const reported = ['conversations_count', 'incoming_messages_count', 'outgoing_messages_count'];
  for (const [name, count] of numbersOf(summary, reported)) counters.set(`report ${name}`, count);
  const { meta } = objectOf(await readAs(office, 'administrator', `${account}/contacts`));
  counters.set('contacts', numberOf(objectOf(meta).count, 'the count of contacts'));
  for (const user of ['administrator', 'agent'] as const) {
    const unread = await readAs(office, user, `${account}/notifications/unread_count`);
    counters.set(`unread notifications of ${user}`, numberOf(unread, 'unread_count'));
  }
  return counters;
}

const idsOf = (list: unknown): number[] =>
  listOf(list).flatMap((one) => numberOrNone(objectOf(one).id) ?? []);

/** @throws when one of the members is no number */
function numbersOf(value: unknown, names: readonly string[]): [string, number][] {
  const members = new Map(Object.entries(objectOf(value)));
  return names.map((name) => [name, numberOf(members.get(name), name)]);
}
