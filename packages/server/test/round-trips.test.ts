/**
 * Packets that a transaction sends to PostgreSQL, the commit among them: a batch of requests of different conversations takes no more
 * than the bound of one of them. There is no webhook: its worker would write in the same transactions.
 */
import { agentApi, clientApi } from '@hoory/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, createAccount } from './fixtures/account.ts';
import { type Caller, callerOf } from './fixtures/call.ts';
import { engines, startTestServer, type TestServer } from './server.ts';

const count = 12;

interface Talk {
  session: { inbox_identifier: string; contact_identifier: string };
  contact_id: number;
  conversation_id: number;
}

describe.runIf(engines.includes('postgres'))('a batch on PostgreSQL', () => {
  let server: TestServer;
  let fixture: AccountFixture;
  let customer: Caller;
  let member: Caller;
  let administrator: Caller;
  let roundTrips: number[] = [];
  const talks: Talk[] = [];

  beforeAll(async () => {
    // The intervals of the background work never end: its jobs would write in the same transactions.
    vi.useFakeTimers({ toFake: ['setInterval'] });
    server = await startTestServer({ engine: 'postgres', onRoundTrips: (sent) => roundTrips.push(sent) });
    vi.useRealTimers();
    fixture = await createAccount(server);
    customer = callerOf(server.url, '');
    member = callerOf(server.url, fixture.member.access_token);
    administrator = callerOf(server.url, fixture.administrator.access_token);
    const { account_id } = fixture;
    await administrator(agentApi.agentUpdateInbox, {
      account_id,
      id: fixture.inbox.id,
      enable_auto_assignment: false,
    });
    await administrator(agentApi.agentCreateLabel, { account_id, title: 'returns' });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    roundTrips = [];
  });

  const session = (talk: Talk) => ({ ...talk.session, conversation_id: talk.conversation_id });
  const at = ({ conversation_id }: Talk) => ({ account_id: fixture.account_id, conversation_id });

  /** @returns the most round trips of one transaction while a request of each conversation runs */
  async function together(ask: (talk: Talk) => Promise<unknown>): Promise<number> {
    expect(talks).toHaveLength(count);
    roundTrips = [];
    await Promise.all(talks.map(ask));
    return Math.max(...roundTrips);
  }

  it('creates contacts, then conversations', async () => {
    const { identifier: inbox_identifier } = fixture.inbox;
    const contacts = await Promise.all(
      Array.from({ length: count }, () => customer(clientApi.createContact, { inbox_identifier })),
    );
    expect(Math.max(...roundTrips)).toBeLessThanOrEqual(9);
    for (const { source_id, id } of contacts)
      talks.push({
        session: { inbox_identifier, contact_identifier: source_id },
        contact_id: id,
        conversation_id: 0,
      });
    const most = await together(async (talk) => {
      talk.conversation_id = (await customer(clientApi.createConversation, talk.session)).id;
    });
    expect(most).toBeLessThanOrEqual(12);
  });

  const steps: [name: string, most: number, ask: (talk: Talk) => Promise<unknown>][] = [
    ['messages', 3, (talk) => customer(clientApi.postMessage, { ...session(talk), content: 'Hello' })],
    [
      'assignments',
      9,
      (talk) =>
        administrator(agentApi.agentAssignConversation, { ...at(talk), assignee_id: fixture.member.id }),
    ],
    ['answers', 4, (talk) => member(agentApi.agentPostMessage, { ...at(talk), content: 'Yes' })],
    [
      'messages that notify',
      5,
      (talk) => customer(clientApi.postMessage, { ...session(talk), content: 'Thank you' }),
    ],
    [
      'private notes',
      3,
      (talk) => member(agentApi.agentPostMessage, { ...at(talk), content: 'Done', private: true }),
    ],
    [
      'labels',
      7,
      (talk) => member(agentApi.agentSetConversationLabels, { ...at(talk), labels: ['returns'] }),
    ],
    ['priorities', 7, (talk) => member(agentApi.agentTogglePriority, { ...at(talk), priority: 'high' })],
    ['typing', 3, (talk) => customer(clientApi.toggleTyping, { ...session(talk), typing_status: 'on' })],
    ['drafts', 3, (talk) => member(agentApi.agentSetDraft, { ...at(talk), message: 'I think' })],
    ['read marks of agents', 11, (talk) => member(agentApi.agentUpdateLastSeen, at(talk))],
    ['read marks of customers', 6, (talk) => customer(clientApi.updateLastSeen, session(talk))],
    [
      'notes about contacts',
      6,
      ({ contact_id }) =>
        member(agentApi.agentCreateNote, { account_id: fixture.account_id, contact_id, content: 'Kind' }),
    ],
    ['resolutions', 8, (talk) => member(agentApi.agentToggleStatus, { ...at(talk), status: 'resolved' })],
  ];

  it.each(steps)('of %s takes at most %i round trips', async (_name, most, ask) => {
    expect(await together(ask)).toBeLessThanOrEqual(most);
  });

  it('of all kinds at once takes little more', async () => {
    const kinds = steps.map(([, , ask]) => ask);
    let next = 0;
    const most = await together((talk) => (kinds[next++ % kinds.length] ?? (async () => undefined))(talk));
    expect(most).toBeLessThanOrEqual(30);
  });
});
