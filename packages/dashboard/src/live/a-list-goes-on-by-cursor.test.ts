/** A list of conversations that is read page by page while its rows move: each is shown once, as if it were read anew. */
import { createAgentClient } from '@hoory/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Desk,
  type LiveAccount,
  type Started,
  startLiveAccount,
  until,
} from '../../test/live-account.ts';
import { type ApiCall, fetchList, fetchMore } from './fetch.ts';
import { type Filter, type List, listKey } from './lists.ts';
import { createStore, type Store } from './store.ts';

const newest: Filter = { tab: 'all', status: 'open', sort: 'last_activity_at_desc' };
const unassigned: Filter = { tab: 'unassigned', status: 'open', sort: 'created_at_asc' };
const waiting: Filter = { tab: 'all', status: 'open', sort: 'waiting_since_asc' };
const urgent: Filter = { tab: 'all', status: 'open', sort: 'priority_desc' };
const mentions: Filter = { tab: 'mention', status: 'open', sort: 'last_activity_at_desc' };

let fixture: LiveAccount;
let ask: ApiCall;
const started: Started[] = [];

beforeAll(async () => {
  fixture = await startLiveAccount();
  ({ ask } = fixture);
  for (let index = 0; index < 60; index++) {
    const one = await fixture.startConversation(`Customer ${index}`);
    await say(one, 'Hello');
    started.push(one);
  }
});
afterAll(() => fixture.server.stop());

const say = ({ path }: Started, content: string) => fixture.customer(`${path}/messages`, { content });
const at = (index: number) => started[index]!;
const listOf = ({ state }: Store, filter: Filter): List => state.lists.get(listKey(filter))!;

const assign = (index: number, assignee_id: number) =>
  ask('POST /conversations/{conversation_id}/assignments', { conversation_id: at(index).id, assignee_id });
const setStatus = (index: number, status: 'open' | 'resolved') =>
  ask('POST /conversations/{conversation_id}/toggle_status', { conversation_id: at(index).id, status });
const setPriority = (index: number, priority: 'urgent' | null) =>
  ask('POST /conversations/{conversation_id}/toggle_priority', { conversation_id: at(index).id, priority });

/** Everything that has happened before has been heard. */
async function heardAll(desk: Desk): Promise<void> {
  await knows(desk, 59, await say(at(59), 'Still here'));
}

/** Waits until the desk has the message. It fetches a conversation that it does not have. */
const knows = (desk: Desk, index: number, message: { id: number }) =>
  until(desk, () => desk.store.state.conversations.get(at(index).id)?.newest_id === message.id);

async function readToTheEnd(store: Store, filter: Filter): Promise<readonly number[]> {
  if (!listOf(store, filter)) await fetchList(store, ask, filter);
  while (listOf(store, filter).next) await fetchMore(store, ask, filter);
  return listOf(store, filter).ids;
}

const anew = (filter: Filter) => readToTheEnd(createStore(fixture.fixture.member.id), filter);

it('shows each once, in its place, whatever has moved across the end of what was read', async () => {
  // One list for each desk: what another list brings would mend it.
  const lists: { desk: Desk; filter: Filter }[] = [];
  for (const filter of [newest, unassigned, waiting, urgent])
    lists.push({ desk: await fixture.openDesk(), filter });
  for (const { desk, filter } of lists) {
    await fetchList(desk.store, ask, filter);
    expect(listOf(desk.store, filter).ids).toHaveLength(25);
  }

  const { member } = fixture.fixture;
  // The last row goes, and the one before it goes and comes back.
  await assign(24, member.id);
  await assign(23, member.id);
  await assign(23, 0);
  // Up from behind the end, down behind it, and away on both sides of it.
  await say(at(2), 'Me again');
  await setPriority(3, 'urgent');
  await setPriority(58, 'urgent');
  await setPriority(58, null);
  await setStatus(57, 'resolved');
  await setStatus(5, 'resolved');
  await ask('POST /conversations/{conversation_id}/messages', {
    conversation_id: at(1).id,
    content: 'Here you are',
  });
  for (const { desk, filter } of lists) {
    await heardAll(desk);
    await fetchMore(desk.store, ask, filter);
    expect(listOf(desk.store, filter).next).toBeDefined();
  }

  await setStatus(5, 'open');
  await assign(47, member.id);
  await assign(46, member.id);
  await assign(46, 0);
  const last = await say(at(4), 'And me');
  await setPriority(3, null);
  for (const { desk, filter } of lists) {
    await heardAll(desk);
    await knows(desk, 4, last);
    expect(await readToTheEnd(desk.store, filter), filter.sort).toEqual(await anew(filter));
    // As many pages as are shown, one after another.
    await fetchList(desk.store, ask, filter);
    expect(listOf(desk.store, filter).ids).toEqual(await anew(filter));
    desk.live.close();
  }
});

it('has what moved while a page was on its way where it stands now', async () => {
  const desk = await fixture.openDesk();
  const { store } = desk;
  const late =
    (act: () => Promise<unknown>): ApiCall =>
    async (name, input) => {
      const answer = await ask(name, input);
      await act();
      await heardAll(desk);
      return answer;
    };
  await fetchList(
    store,
    late(() => say(at(40), 'Now')),
    newest,
  );
  let last = { id: 0 };
  await fetchMore(
    store,
    late(async () => {
      last = await say(at(30), 'And now');
    }),
    newest,
  );
  await knows(desk, 30, last);
  expect(await readToTheEnd(store, newest)).toEqual(await anew(newest));
  desk.live.close();
});

it('drops a page that no longer joins the list', async () => {
  const desk = await fixture.openDesk();
  const { store } = desk;
  await fetchList(store, ask, newest);
  const { next } = listOf(store, newest);
  await fetchMore(
    store,
    async (name, input) => {
      const answer = await ask(name, input);
      for (const index of [7, 8, 9]) await say(at(index), 'Look here');
      await fetchList(store, ask, newest);
      expect(listOf(store, newest).next).not.toEqual(next);
      return answer;
    },
    newest,
  );
  expect(await readToTheEnd(store, newest)).toEqual(await anew(newest));
  desk.live.close();
});

it('goes on in mentions and saved filters, and knows when they must be asked for again', async () => {
  const { account_id, administrator, member } = fixture.fixture;
  const colleague = createAgentClient({ base: fixture.server.url, accessToken: administrator.access_token });
  for (const { id } of started.slice(10, 40))
    await colleague.call('POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages', {
      account_id,
      conversation_id: id,
      content: `[@Me](mention://user/${member.id}/Me)`,
      private: true,
    });
  const query = {
    payload: [
      { attribute_key: 'status', filter_operator: 'equal_to', values: ['open'], query_operator: null },
    ],
  };
  const { id } = await ask('POST /custom_filters', { name: 'Open', filter_type: 'conversation', query });
  const desk = await fixture.openDesk();
  const { store } = desk;
  for (const filter of [mentions, { ...newest, saved: id }]) {
    await fetchList(store, ask, filter);
    // From behind the end of what was read to the front.
    await say(at(11), 'Up');
    await heardAll(desk);
    expect(listOf(store, filter).stale).toBe(true);
    const before = listOf(store, filter).ids;
    const more = await readToTheEnd(store, filter);
    expect(more.slice(0, 25)).toEqual(before);
    expect(new Set(more).size).toBe(more.length);
    await fetchList(store, ask, filter);
    expect(listOf(store, filter).ids).toEqual(await anew(filter));
    expect(listOf(store, filter).stale).toBe(false);
    expect(listOf(store, filter).ids.slice(0, 2)).toContain(at(11).id);

    await fetchList(
      store,
      async (name, input) => {
        const answer = await ask(name, input);
        await heardAll(desk);
        return answer;
      },
      filter,
    );
    expect(listOf(store, filter).stale).toBe(true);
  }
  desk.live.close();
});
