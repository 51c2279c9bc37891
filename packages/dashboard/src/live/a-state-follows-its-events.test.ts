/** `state + events = state fetched anew`, with a real server: whatever happens, the desk knows it without asking again. */
import { agentRoom, Cable, createAgentClient } from '@hoory/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { addMember } from '../../../server/src/agents/agents.ts';
import { type LiveAccount, startLiveAccount, until } from '../../test/live-account.ts';
import { fetchList, fetchThread } from './fetch.ts';
import { type Filter, listKey } from './lists.ts';
import type { State } from './state.ts';
import { createStore, type Store } from './store.ts';

const filters: Filter[] = [
  { tab: 'all', status: 'open', sort: 'last_activity_at_desc' },
  { tab: 'me', status: 'open', sort: 'last_activity_at_desc' },
  { tab: 'unassigned', status: 'open', sort: 'created_at_asc' },
  { tab: 'all', status: 'resolved', sort: 'created_at_desc' },
  { tab: 'all', status: 'all', sort: 'created_at_asc', label: 'vip' },
];

let started: LiveAccount;
let server: LiveAccount['server'];
let fixture: LiveAccount['fixture'];
let ask: LiveAccount['ask'];
let customer: LiveAccount['customer'];

beforeAll(async () => {
  started = await startLiveAccount();
  ({ server, fixture, ask, customer } = started);
});
afterAll(() => server.stop());

async function fetchAll(store: Store, threads: readonly number[]): Promise<State> {
  for (const filter of filters) await fetchList(store, ask, filter);
  for (const id of threads) await fetchThread(store, ask, id);
  return store.state;
}

/** The parts of a state that screens show. */
const shown = (state: State) => ({
  lists: filters.map((filter) => {
    const list = state.lists.get(listKey(filter));
    return { ids: list?.ids, rows: list?.ids.map((id) => state.conversations.get(id)) };
  }),
  counts: Object.fromEntries([...state.counts].map(([key, { counts }]) => [key, counts])),
  threads: Object.fromEntries([...state.threads].map(([id, { messages }]) => [id, messages])),
});

it('knows after any work what it would fetch anew', async () => {
  const first = await started.startConversation('Ann');
  const second = await started.startConversation('Ben');
  const say = ({ path }: { path: string }, content: string) => customer(`${path}/messages`, { content });
  await say(first, 'Hello');

  const desk = await started.openDesk();
  await fetchAll(desk.store, [first.id, second.id]);

  const on = (id: number) => ({ conversation_id: id });
  await say(second, 'Anybody there?');
  const third = await started.startConversation('Cleo');
  await say(third, 'My order');
  await ask('POST /conversations/{conversation_id}/assignments', {
    ...on(first.id),
    assignee_id: fixture.member.id,
  });
  await ask('POST /conversations/{conversation_id}/labels', { ...on(third.id), labels: ['vip'] });
  const reply = await ask('POST /conversations/{conversation_id}/messages', {
    ...on(first.id),
    content: 'Hi Ann',
  });
  await ask('POST /conversations/{conversation_id}/messages', {
    ...on(second.id),
    content: 'Who is it?',
    private: true,
  });
  await ask('POST /conversations/{conversation_id}/toggle_status', { ...on(second.id), status: 'resolved' });
  await say(first, 'Thanks');
  await ask('DELETE /conversations/{conversation_id}/messages/{message_id}', {
    ...on(first.id),
    message_id: reply.id,
  });
  await ask('POST /conversations/{conversation_id}/toggle_status', { ...on(first.id), status: 'snoozed' });
  await say(first, 'One more thing');
  await ask('POST /conversations/{conversation_id}/assignments', {
    ...on(third.id),
    assignee_id: fixture.member.id,
  });
  await ask('POST /conversations/{conversation_id}/assignments', { ...on(third.id), assignee_id: 0 });
  const last = await say(second, 'That is all');

  await until(desk, () => desk.store.state.threads.get(second.id)?.messages.at(-1)?.id === last.id);
  const anew = await fetchAll(createStore(fixture.member.id), [first.id, second.id]);
  expect(shown(desk.store.state).lists.map(({ ids }) => ids)).toEqual(
    shown(anew).lists.map(({ ids }) => ids),
  );
  expect(shown(desk.store.state)).toEqual(shown(anew));
  expect(desk.resets).toBe(1);
  desk.live.close();
});

it('fetches what an event speaks of and it never saw', async () => {
  const { id, path } = await started.startConversation('Dora');
  const desk = await started.openDesk();
  const { id: message_id } = await customer(`${path}/messages`, { content: 'Hello?' });
  await until(desk, () => desk.store.state.missing.has(id));
  await new Promise<void>((resolve) => {
    const stop = desk.store.subscribe(() => {
      if (desk.store.state.conversations.get(id)?.last?.id !== message_id) return;
      stop();
      resolve();
    });
  });
  expect(desk.store.state.conversations.get(id)?.contact.name).toBe('Dora');
  desk.live.close();
});

it('is not touched by what another account of the same user tells', async () => {
  const { source_id } = await customer('', { name: 'Own Ola' });
  const { id } = await customer(`/${source_id}/conversations`, {});
  const desk = await started.openDesk();
  const say = (content: string) =>
    customer(`/${source_id}/conversations/${id}/messages`, { content }) as Promise<unknown>;
  const contactOf = () => desk.store.state.conversations.get(id)?.contact.name;
  await say('Hello');
  await vi.waitFor(() => expect(contactOf()).toBe('Own Ola'), { timeout: 10_000 });

  const { app } = server;
  const { member, foreign, foreigner } = fixture;
  await app.db.write(async (tx) => {
    const { account_id } = foreign;
    const newUser = { email: member.email, name: member.name, password_hash: null, confirmed: 1 };
    await addMember(app, tx, { account_id, role: 'administrator', newUser });
  });
  const post = async (path: string, body: object, token = '') =>
    (
      await fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', api_access_token: token },
        body: JSON.stringify(body),
      })
    ).json() as Promise<{ id: number; source_id: string }>;
  const contacts = `/public/api/v1/inboxes/${foreign.inbox.identifier}/contacts`;
  const session = await post(contacts, { name: 'Foreign Fia' });
  let other = 0;
  while (other < id) other = (await post(`${contacts}/${session.source_id}/conversations`, {})).id;
  const content = `[@Mo](mention://user/${member.id}/Mo)`;
  await post(
    `/api/v1/accounts/${foreign.account_id}/conversations/${id}/messages`,
    { content, private: true },
    foreigner.access_token,
  );
  await say('Still here?');
  const lastOf = () => desk.store.state.conversations.get(id)?.last?.content;
  await vi.waitFor(() => expect(lastOf()).toBe('Still here?'), { timeout: 10_000 });
  expect(contactOf()).toBe('Own Ola');
  desk.live.close();
  desk.cable.close();
});

it('tells two desks apart that look at the same conversation', async () => {
  const { id } = await started.startConversation('Eli');
  const mine = await started.openDesk();
  const agent = createAgentClient({ base: server.url, accessToken: fixture.administrator.access_token });
  const cable = new Cable({ base: server.url, WebSocket });
  const other = cable.subscribe(await agentRoom(agent, fixture.account_id));
  const seen = new Promise((resolve) => {
    mine.live.onViewers((lookers) => lookers.length && resolve(lookers));
  });
  mine.live.setViewedConversation(id);
  other.join({ id: `${fixture.administrator.id}/${id}` });
  expect(await seen).toEqual([{ user_id: fixture.administrator.id, conversation_id: id }]);
  mine.live.close();
  cable.close();
});
