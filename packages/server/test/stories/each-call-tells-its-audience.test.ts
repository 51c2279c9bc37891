/** Events that each call sends to the customer's socket and to an agent's, in order (client-api.md section 6, cable.md C.5). */
import type { AgentConversation } from '@hoory/contract';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { newUuid } from '../../src/secrets.ts';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
  eventNames,
} from '../fixtures/connected-account.ts';
import { placements, startTestServer, type TestServer } from '../server.ts';

interface Row {
  call: string;
  /** Calls made before anybody listens. */
  before?(connected: ConnectedAccount, customer: Customer): Promise<unknown>;
  act(connected: ConnectedAccount, customer: Customer): Promise<unknown>;
  after?(connected: ConnectedAccount): Promise<unknown>;
  /** Incoming messages are 0, outgoing 1, activities 2, templates 3. */
  contact: string[];
  agent: string[];
}

const proofs = new WeakMap<Customer, { identifier: string; identifier_hash: string }>();

const rows: Row[] = [
  {
    call: 'create contact',
    act: ({ createContact }) => createContact(),
    contact: [],
    agent: ['contact.created'],
  },
  {
    call: 'patch contact',
    act: ({ callClient }, { place }) => callClient('updateContact', place, { name: 'Ann' }),
    contact: [],
    agent: ['contact.updated'],
  },
  {
    call: 'patch contact, to what it is already',
    act: ({ callClient }, { place, session }) => callClient('updateContact', place, { name: session.name }),
    contact: [],
    agent: [],
  },
  {
    call: 'patch contact, with a proof that leads to another one',
    before: async (connected, customer) => {
      await connected.createConversation(customer);
      await connected.postMessage(customer, 'hi');
      const proof = connected.signIdentifier(newUuid());
      proofs.set(customer, proof);
      await connected.createContact(proof);
    },
    act: ({ callClient }, customer) => callClient('updateContact', customer.place, proofs.get(customer)),
    contact: ['message.updated 0'],
    agent: [
      'contact.merged',
      'contact.deleted',
      'contact.updated',
      'conversation.contact_changed',
      'message.updated 0',
    ],
  },
  {
    call: 'create conversation',
    act: ({ createConversation }, customer) => createConversation(customer),
    contact: ['conversation.created'],
    agent: ['conversation.created'],
  },
  {
    call: 'create conversation, where agents take turns',
    before: async ({ updateInbox, connectAgent, fixture, untilAllAssigned }) => {
      await updateInbox({ enable_auto_assignment: true });
      await connectAgent(fixture.member);
      await untilAllAssigned();
    },
    act: async ({ createConversation, callAgent, fixture }, customer) => {
      const { id } = await createConversation(customer);
      // Given away right after the commit, and not before the answer.
      await vi.waitFor(async () => {
        const place = { conversation_id: id };
        const { meta } = await callAgent<AgentConversation>(
          fixture.administrator,
          'agentGetConversation',
          place,
        );
        expect(meta.assignee).toBeTruthy();
      }, 15_000);
    },
    after: ({ updateInbox }) => updateInbox({ enable_auto_assignment: false }),
    contact: ['conversation.created', 'conversation.updated'],
    agent: ['conversation.created', 'assignee.changed', 'conversation.updated', 'message.created 2'],
  },
  {
    call: 'create message, the first one',
    before: ({ createConversation }, customer) => createConversation(customer),
    act: ({ postMessage }, customer) => postMessage(customer, 'hi'),
    contact: ['message.created 0'],
    agent: ['message.created 0', 'contact.updated'],
  },
  {
    call: 'create message, where a greeting is set',
    before: async (connected, customer) => {
      await connected.createConversation(customer);
      await connected.updateInbox({ greeting_enabled: true, greeting_message: 'Welcome' });
    },
    act: ({ postMessage }, customer) => postMessage(customer, 'hi'),
    after: ({ updateInbox }) => updateInbox({ greeting_enabled: false }),
    contact: ['message.created 0', 'message.created 3'],
    agent: ['message.created 0', 'message.created 3', 'contact.updated'],
  },
  {
    call: 'create message, after an agent has answered',
    before: async ({ createConversation, postMessage, postReply }, customer) => {
      await createConversation(customer);
      await postMessage(customer, 'hi');
      await postReply(customer, { content: 'hello' });
    },
    act: ({ postMessage }, customer) => postMessage(customer, 'one more thing'),
    contact: ['message.created 0', 'conversation.updated'],
    agent: ['message.created 0', 'conversation.updated', 'contact.updated'],
  },
  ...['resolved', 'snoozed'].map(
    (status): Row => ({
      call: `create message, in a ${status} conversation that was answered`,
      before: async ({ createConversation, postMessage, postReply, callAgent, fixture }, customer) => {
        const { id } = await createConversation(customer);
        await postMessage(customer, 'hi');
        await postReply(customer, { content: 'hello' });
        await callAgent(fixture.member, 'agentToggleStatus', { conversation_id: id }, { status });
      },
      act: ({ postMessage }, customer) => postMessage(customer, 'again'),
      contact: [
        'conversation.status_changed',
        'conversation.updated',
        'message.created 0',
        'conversation.updated',
      ],
      agent: [
        'conversation.status_changed',
        'message.created 2',
        'conversation.updated',
        'message.created 0',
        'conversation.updated',
        'contact.updated',
      ],
    }),
  ),
  {
    call: 'create message, by who is blocked',
    before: async ({ createConversation, postMessage, callAgent, fixture }, customer) => {
      const { id } = await createConversation(customer);
      await postMessage(customer, 'hi');
      await callAgent(fixture.member, 'agentMuteConversation', { conversation_id: id });
    },
    act: ({ postMessage }, customer) => postMessage(customer, 'let me in'),
    contact: ['message.created 0', 'conversation.updated'],
    agent: ['message.created 0', 'conversation.updated', 'contact.updated'],
  },
  {
    call: 'toggle_status',
    before: ({ createConversation }, customer) => createConversation(customer),
    act: ({ callClient }, { place }) => callClient('toggleStatus', place),
    contact: ['conversation.status_changed', 'conversation.updated'],
    agent: ['conversation.status_changed', 'conversation.updated', 'message.created 2'],
  },
  {
    call: 'toggle_status, where a survey is asked for',
    before: async (connected, customer) => {
      await connected.createConversation(customer);
      await connected.updateInbox({ csat_survey_enabled: true });
    },
    act: ({ callClient }, { place }) => callClient('toggleStatus', place),
    after: ({ updateInbox }) => updateInbox({ csat_survey_enabled: false }),
    contact: ['conversation.status_changed', 'conversation.updated', 'message.created 3'],
    agent: ['conversation.status_changed', 'conversation.updated', 'message.created 2', 'message.created 3'],
  },
  {
    call: 'toggle_status, of a resolved one',
    before: async ({ createConversation, callClient }, customer) => {
      await createConversation(customer);
      await callClient('toggleStatus', customer.place);
    },
    act: ({ callClient }, { place }) => callClient('toggleStatus', place),
    contact: [],
    agent: [],
  },
  ...['on', 'off'].map(
    (typing_status): Row => ({
      call: `toggle_typing, ${typing_status}`,
      before: ({ createConversation }, customer) => createConversation(customer),
      act: ({ callClient }, { place }) => callClient('toggleTyping', place, { typing_status }),
      contact: [],
      agent: [`conversation.typing_${typing_status}`],
    }),
  ),
  {
    call: 'toggle_typing, something else',
    before: ({ createConversation }, customer) => createConversation(customer),
    act: ({ callClient }, { place }) => callClient('toggleTyping', place, { typing_status: 'maybe' }),
    contact: [],
    agent: [],
  },
  {
    call: 'update_last_seen',
    before: async ({ createConversation, postMessage, postReply }, customer) => {
      await createConversation(customer);
      await postMessage(customer, 'hi');
      await postReply(customer, { content: 'hello' });
      await postReply(customer, { content: 'a note', private: true });
      await postReply(customer, { content: 'still there?' });
    },
    act: ({ callClient }, { place }) => callClient('updateLastSeen', place, {}),
    contact: ['message.updated 1', 'message.updated 1'],
    agent: ['conversation.read', 'message.updated 1', 'message.updated 1', 'message.updated 1'],
  },
  {
    call: 'update message',
    before: async ({ createConversation, postReply }, customer) => {
      await createConversation(customer);
      const items = [{ title: 'Yes', value: 'yes' }];
      const question = { content: 'Sure?', content_type: 'input_select', content_attributes: { items } };
      customer.place.message_id = (await postReply(customer, question)).id;
    },
    act: ({ callClient }, { place }) =>
      callClient('updateMessage', place, { submitted_values: [{ name: 'Yes', value: 'yes' }] }),
    contact: ['message.updated 1'],
    agent: ['message.updated 1'],
  },
  {
    call: 'an agent’s first answer',
    before: async ({ createConversation, postMessage }, customer) => {
      await createConversation(customer);
      await postMessage(customer, 'hi');
    },
    act: ({ postReply }, customer) => postReply(customer, { content: 'hello' }),
    contact: ['message.created 1', 'conversation.updated'],
    agent: ['message.created 1', 'first.reply.created 1', 'conversation.updated'],
  },
  {
    call: 'an agent’s note',
    before: ({ createConversation }, customer) => createConversation(customer),
    act: ({ postReply }, customer) => postReply(customer, { content: 'careful', private: true }),
    contact: [],
    agent: ['message.created 1'],
  },
  {
    call: 'an agent reads',
    before: async ({ createConversation, postMessage }, customer) => {
      await createConversation(customer);
      await postMessage(customer, 'hi');
    },
    act: ({ callAgent, fixture }, { place }) =>
      callAgent(fixture.member, 'agentUpdateLastSeen', { conversation_id: place.conversation_id as number }),
    contact: [],
    agent: [],
  },
  {
    call: 'an agent resolves',
    before: ({ createConversation }, customer) => createConversation(customer),
    act: ({ callAgent, fixture }, { place }) =>
      callAgent(
        fixture.member,
        'agentToggleStatus',
        { conversation_id: place.conversation_id as number },
        { status: 'resolved' },
      ),
    contact: ['conversation.status_changed', 'conversation.updated'],
    agent: ['conversation.status_changed', 'conversation.updated', 'message.created 2'],
  },
];

/**
 * The names by their stream: that of the account has the contacts, that of the inbox all others. Events of another node come in the
 * order of each stream (cable.md C.5), and each stream has a channel of its own.
 */
const inStreams = (names: readonly string[]): string[][] => [
  names.filter((name) => name.startsWith('contact.')),
  names.filter((name) => !name.startsWith('contact.')),
];

describe.each(placements)('sockets on %s', (engine) => {
  let server: TestServer;
  let connected: ConnectedAccount;
  let tidy: Row['after'];

  beforeAll(async () => {
    server = await startTestServer({ engine });
    connected = await createConnectedAccount(server);
    await connected.updateInbox({ enable_auto_assignment: false });
  });
  afterEach(async () => {
    connected.disconnectAll();
    await tidy?.(connected);
  });
  afterAll(() => server.stop());

  test.each(rows)('$call', async ({ before, act, after, contact, agent }) => {
    const customer = await connected.createContact();
    tidy = after;
    await before?.(connected, customer);
    const ears = [
      await connected.connectContact(customer),
      await connected.connectAgent(connected.fixture.administrator),
    ];
    await act(connected, customer);
    const [toContact = [], toAgent = []] = await connected.takeEvents(ears);
    const order = engine === 'two nodes' ? inStreams : (names: readonly string[]) => names;
    expect({ contact: order(eventNames(toContact)), agent: order(eventNames(toAgent)) }).toEqual({
      contact: order(contact),
      agent: order(agent),
    });
  });
});
