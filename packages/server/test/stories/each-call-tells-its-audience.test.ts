/** What each call sends to the customer's socket and to an agent's, in order (client-api.md section 6, cable.md C.5). */
import type { AgentConversation } from '@hoory/contract';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { newUuid } from '../../src/secrets.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';
import { type Customer, namesOf, openStage, type Stage } from '../stage.ts';

interface Row {
  call: string;
  /** What happened before anybody listens. */
  before?(stage: Stage, customer: Customer): Promise<unknown>;
  act(stage: Stage, customer: Customer): Promise<unknown>;
  after?(stage: Stage): Promise<unknown>;
  /** Incoming messages are 0, outgoing 1, activities 2, templates 3. */
  contact: string[];
  agent: string[];
}

const proofs = new WeakMap<Customer, { identifier: string; identifier_hash: string }>();

const rows: Row[] = [
  {
    call: 'create contact',
    act: ({ enter }) => enter(),
    contact: [],
    agent: ['contact.created'],
  },
  {
    call: 'patch contact',
    act: ({ ask }, { place }) => ask('updateContact', place, { name: 'Ann' }),
    contact: [],
    agent: ['contact.updated'],
  },
  {
    call: 'patch contact, to what it is already',
    act: ({ ask }, { place, session }) => ask('updateContact', place, { name: session.name }),
    contact: [],
    agent: [],
  },
  {
    call: 'patch contact, with a proof that leads to another one',
    before: async (stage, customer) => {
      await stage.begin(customer);
      await stage.write(customer, 'hi');
      const proof = stage.prove(newUuid());
      proofs.set(customer, proof);
      await stage.enter(proof);
    },
    act: ({ ask }, customer) => ask('updateContact', customer.place, proofs.get(customer)),
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
    act: ({ begin }, customer) => begin(customer),
    contact: ['conversation.created'],
    agent: ['conversation.created'],
  },
  {
    call: 'create conversation, where agents take turns',
    before: async ({ changeInbox, desk, office, allGiven }) => {
      await changeInbox({ enable_auto_assignment: true });
      await desk(office.member);
      await allGiven();
    },
    act: async ({ begin, act, office }, customer) => {
      const { id } = await begin(customer);
      // Given away right after the commit, and not before the answer.
      await vi.waitFor(async () => {
        const place = { conversation_id: id };
        const { meta } = await act<AgentConversation>(office.administrator, 'agentGetConversation', place);
        expect(meta.assignee).toBeTruthy();
      }, 15_000);
    },
    after: ({ changeInbox }) => changeInbox({ enable_auto_assignment: false }),
    contact: ['conversation.created', 'conversation.updated'],
    agent: ['conversation.created', 'assignee.changed', 'conversation.updated', 'message.created 2'],
  },
  {
    call: 'create message, the first one',
    before: ({ begin }, customer) => begin(customer),
    act: ({ write }, customer) => write(customer, 'hi'),
    contact: ['message.created 0'],
    agent: ['message.created 0', 'contact.updated'],
  },
  {
    call: 'create message, where a greeting is set',
    before: async (stage, customer) => {
      await stage.begin(customer);
      await stage.changeInbox({ greeting_enabled: true, greeting_message: 'Welcome' });
    },
    act: ({ write }, customer) => write(customer, 'hi'),
    after: ({ changeInbox }) => changeInbox({ greeting_enabled: false }),
    contact: ['message.created 0', 'message.created 3'],
    agent: ['message.created 0', 'message.created 3', 'contact.updated'],
  },
  {
    call: 'create message, after an agent has answered',
    before: async ({ begin, write, reply }, customer) => {
      await begin(customer);
      await write(customer, 'hi');
      await reply(customer, { content: 'hello' });
    },
    act: ({ write }, customer) => write(customer, 'one more thing'),
    contact: ['message.created 0', 'conversation.updated'],
    agent: ['message.created 0', 'conversation.updated', 'contact.updated'],
  },
  ...['resolved', 'snoozed'].map(
    (status): Row => ({
      call: `create message, in a ${status} conversation that was answered`,
      before: async ({ begin, write, reply, act, office }, customer) => {
        const { id } = await begin(customer);
        await write(customer, 'hi');
        await reply(customer, { content: 'hello' });
        await act(office.member, 'agentToggleStatus', { conversation_id: id }, { status });
      },
      act: ({ write }, customer) => write(customer, 'again'),
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
    before: async ({ begin, write, act, office }, customer) => {
      const { id } = await begin(customer);
      await write(customer, 'hi');
      await act(office.member, 'agentMuteConversation', { conversation_id: id });
    },
    act: ({ write }, customer) => write(customer, 'let me in'),
    contact: ['message.created 0', 'conversation.updated'],
    agent: ['message.created 0', 'conversation.updated', 'contact.updated'],
  },
  {
    call: 'toggle_status',
    before: ({ begin }, customer) => begin(customer),
    act: ({ ask }, { place }) => ask('toggleStatus', place),
    contact: ['conversation.status_changed', 'conversation.updated'],
    agent: ['conversation.status_changed', 'conversation.updated', 'message.created 2'],
  },
  {
    call: 'toggle_status, where a survey is asked for',
    before: async (stage, customer) => {
      await stage.begin(customer);
      await stage.changeInbox({ csat_survey_enabled: true });
    },
    act: ({ ask }, { place }) => ask('toggleStatus', place),
    after: ({ changeInbox }) => changeInbox({ csat_survey_enabled: false }),
    contact: ['conversation.status_changed', 'conversation.updated', 'message.created 3'],
    agent: ['conversation.status_changed', 'conversation.updated', 'message.created 2', 'message.created 3'],
  },
  {
    call: 'toggle_status, of a resolved one',
    before: async ({ begin, ask }, customer) => {
      await begin(customer);
      await ask('toggleStatus', customer.place);
    },
    act: ({ ask }, { place }) => ask('toggleStatus', place),
    contact: [],
    agent: [],
  },
  ...['on', 'off'].map(
    (typing_status): Row => ({
      call: `toggle_typing, ${typing_status}`,
      before: ({ begin }, customer) => begin(customer),
      act: ({ ask }, { place }) => ask('toggleTyping', place, { typing_status }),
      contact: [],
      agent: [`conversation.typing_${typing_status}`],
    }),
  ),
  {
    call: 'toggle_typing, something else',
    before: ({ begin }, customer) => begin(customer),
    act: ({ ask }, { place }) => ask('toggleTyping', place, { typing_status: 'maybe' }),
    contact: [],
    agent: [],
  },
  {
    call: 'update_last_seen',
    before: async ({ begin, write, reply }, customer) => {
      await begin(customer);
      await write(customer, 'hi');
      await reply(customer, { content: 'hello' });
      await reply(customer, { content: 'a note', private: true });
      await reply(customer, { content: 'still there?' });
    },
    act: ({ ask }, { place }) => ask('updateLastSeen', place, {}),
    contact: ['message.updated 1', 'message.updated 1'],
    agent: ['conversation.read', 'message.updated 1', 'message.updated 1', 'message.updated 1'],
  },
  {
    call: 'update message',
    before: async ({ begin, reply }, customer) => {
      await begin(customer);
      const items = [{ title: 'Yes', value: 'yes' }];
      const question = { content: 'Sure?', content_type: 'input_select', content_attributes: { items } };
      customer.place.message_id = (await reply(customer, question)).id;
    },
    act: ({ ask }, { place }) =>
      ask('updateMessage', place, { submitted_values: [{ name: 'Yes', value: 'yes' }] }),
    contact: ['message.updated 1'],
    agent: ['message.updated 1'],
  },
  {
    call: 'an agent’s first answer',
    before: async ({ begin, write }, customer) => {
      await begin(customer);
      await write(customer, 'hi');
    },
    act: ({ reply }, customer) => reply(customer, { content: 'hello' }),
    contact: ['message.created 1', 'conversation.updated'],
    agent: ['message.created 1', 'first.reply.created 1', 'conversation.updated'],
  },
  {
    call: 'an agent’s note',
    before: ({ begin }, customer) => begin(customer),
    act: ({ reply }, customer) => reply(customer, { content: 'careful', private: true }),
    contact: [],
    agent: ['message.created 1'],
  },
  {
    call: 'an agent reads',
    before: async ({ begin, write }, customer) => {
      await begin(customer);
      await write(customer, 'hi');
    },
    act: ({ act, office }, { place }) =>
      act(office.member, 'agentUpdateLastSeen', { conversation_id: place.conversation_id as number }),
    contact: [],
    agent: [],
  },
  {
    call: 'an agent resolves',
    before: ({ begin }, customer) => begin(customer),
    act: ({ act, office }, { place }) =>
      act(
        office.member,
        'agentToggleStatus',
        { conversation_id: place.conversation_id as number },
        { status: 'resolved' },
      ),
    contact: ['conversation.status_changed', 'conversation.updated'],
    agent: ['conversation.status_changed', 'conversation.updated', 'message.created 2'],
  },
];

describe.each(engines)('sockets on %s', (engine) => {
  let server: TestServer;
  let stage: Stage;
  let tidy: Row['after'];

  beforeAll(async () => {
    server = await startTestServer({ engine });
    stage = await openStage(server);
    await stage.changeInbox({ enable_auto_assignment: false });
  });
  afterEach(async () => {
    stage.silence();
    await tidy?.(stage);
  });
  afterAll(() => server.stop());

  test.each(rows)('$call', async ({ before, act, after, contact, agent }) => {
    const customer = await stage.enter();
    tidy = after;
    await before?.(stage, customer);
    const ears = [await stage.hear(customer), await stage.desk(stage.office.administrator)];
    await act(stage, customer);
    const [toContact = [], toAgent = []] = await stage.heard(ears);
    expect({ contact: namesOf(toContact), agent: namesOf(toAgent) }).toEqual({ contact, agent });
  });
});
