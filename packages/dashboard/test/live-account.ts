/** A real server with what a desk knows of it, but without a page: its store, kept by real events. */
import { agentRoom, Cable, createAgentClient } from '@hoory/client';
import { agentApi } from '@hoory/contract';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { type AccountFixture, call, createAccount } from '../../server/test/fixtures/account.ts';
import { startTestServer, type TestServer } from '../../server/test/server.ts';
import type { ApiCall } from '../src/live/fetch.ts';
import { type Live, openLive } from '../src/live/live.ts';
import { createStore, type Store } from '../src/live/store.ts';

export interface Desk {
  store: Store;
  live: Live;
  cable: Cable;
  resets: number;
}

export interface Started {
  id: number;
  source_id: string;
  path: string;
}

export interface LiveAccount {
  server: TestServer;
  fixture: AccountFixture;
  /** As the member. */
  ask: ApiCall;
  customer: (path: string, body: object) => Promise<{ id: number; source_id: string }>;
  startConversation(name: string): Promise<Started>;
  openDesk(): Promise<Desk>;
}

export async function startLiveAccount(): Promise<LiveAccount> {
  // Each call comes a second after the one before it: the wire tells seconds, and the order within one only the server knows.
  let clock = Date.now();
  const server = await startTestServer({ now: () => clock });
  const fixture = await createAccount(server);
  const { account_id, inbox, member } = fixture;
  // Whoever opens a desk would be given what waits.
  await call(server, agentApi.agentUpdateInbox, {
    as: fixture.administrator,
    params: { account_id, id: inbox.id },
    body: { enable_auto_assignment: false },
  });
  const agent = createAgentClient({ base: server.url, accessToken: member.access_token });
  const ask = ((name: string, input: object) => {
    const [method, rest] = name.split(' ');
    clock += 1000;
    return agent.call(
      `${method} /api/v1/accounts/{account_id}${rest}` as never,
      { ...input, account_id } as never,
    );
  }) as ApiCall;
  const customer = async (path: string, body: object) => {
    clock += 1000;
    const answer = await fetch(`${server.url}/public/api/v1/inboxes/${inbox.identifier}/contacts${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return answer.json() as Promise<{ id: number; source_id: string }>;
  };
  return {
    server,
    fixture,
    ask,
    customer,
    async startConversation(name) {
      const { source_id } = await customer('', { name });
      const { id } = await customer(`/${source_id}/conversations`, {});
      return { id, source_id, path: `/${source_id}/conversations/${id}` };
    },
    async openDesk() {
      const cable = new Cable({ base: server.url, WebSocket });
      const store = createStore(member.id);
      const desk: Desk = { store, cable, resets: 0, live: undefined as never };
      desk.live = openLive({
        store,
        callApi: ask,
        cable,
        room: await agentRoom(agent, account_id),
        refetchAll: () => desk.resets++,
      });
      await until(desk, () => desk.resets === 1 && desk.live.status === 'live');
      return desk;
    },
  };
}

/** Resolves at the first event, answer or state after which `isSo`. */
export function until({ live, store }: Desk, isSo: () => boolean): Promise<void> {
  if (isSo()) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      stopEvents();
      stopStatus();
      stopStore();
      resolve();
    };
    const stopEvents = live.onEvent(look);
    const stopStatus = live.onStatus(look);
    const stopStore = store.subscribe(look);
  });
}
