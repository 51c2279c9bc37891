/** A customer and agents of one account, each with a socket, and calls by both; keeps what the sockets hear. */
import {
  agentApi,
  type ContactSession,
  type Conversation,
  clientApi,
  events,
  type Message,
} from '@hoory/contract';
import { expect, vi } from 'vitest';
import { faultsOf } from '../../contract/test/strict.ts';
import type { UserRow } from '../src/db/tables.ts';
import { streamOf } from '../src/events/emit.ts';
import { hmacHex } from '../src/secrets.ts';
import { logEvent } from './log-event.ts';
import { call, type Office, openOffice } from './office.ts';
import { agentIdentifier, contactIdentifier, ext, type Frame, openRaw, type RawCable } from './raw-cable.ts';
import type { TestServer } from './server.ts';

export interface Customer {
  session: ContactSession;
  /** The row's id, which names its stream. */
  session_id: number;
  place: Record<string, string | number>;
}

/** A socket and who listens at it. */
export interface Ear {
  cable: RawCable;
  audience: 'contact' | 'agent';
  identifier: string;
  /** What it hears of what a test can wait for. */
  streams: string[];
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Opens an office on the server and gives calls to everybody in it. */
export async function openStage(server: TestServer) {
  const office: Office = await openOffice(server);
  const { account_id, inbox } = office;
  const ears: Ear[] = [];

  const ask = async <Body = Record<string, unknown>>(
    name: keyof typeof clientApi,
    place: Record<string, string | number>,
    body?: unknown,
  ): Promise<Body> => {
    const params = { inbox_identifier: inbox.identifier, ...place };
    const answer = await call<Body>(server, clientApi[name], { params, body });
    expect([name, answer.status, answer.body]).toEqual([name, 200, answer.body]);
    return answer.body;
  };

  const act = async <Body = Record<string, unknown>>(
    as: UserRow,
    name: keyof typeof agentApi,
    params: Record<string, string | number> = {},
    body?: unknown,
  ): Promise<Body> => {
    const answer = await call<Body>(server, agentApi[name], { as, params: { account_id, ...params }, body });
    expect([name, answer.status < 300, answer.body]).toEqual([name, true, answer.body]);
    return answer.body;
  };

  async function listen(listener: Omit<Ear, 'cable'>): Promise<Ear> {
    const { identifier } = listener;
    const cable = openRaw(server.url, { protocol: ext, first: [{ command: 'subscribe', identifier }] });
    const ear = { ...listener, cable };
    ears.push(ear);
    // The last thing that follows a subscription: from now on this one counts as present.
    await cable.until(({ message }) => message?.event === 'presence.update');
    return ear;
  }

  return {
    office,
    ask,
    act,

    async enter(body: object = {}): Promise<Customer> {
      const session = await ask<ContactSession>('createContact', {}, body);
      const row = await server.app.db.get(
        server.app.db.q
          .selectFrom('contact_inboxes')
          .select('id')
          .where('pubsub_token', '=', session.pubsub_token),
      );
      return { session, session_id: row?.id as number, place: { contact_identifier: session.source_id } };
    },

    /** Starts a conversation; its place is added to the customer's. */
    async begin(customer: Customer, body?: object): Promise<Conversation> {
      const conversation = await ask<Conversation>('createConversation', customer.place, body);
      customer.place.conversation_id = conversation.id;
      return conversation;
    },

    write: (customer: Customer, content: string) => ask<Message>('postMessage', customer.place, { content }),

    reply: (customer: Customer, body: object, as = office.member) =>
      act<Message>(
        as,
        'agentPostMessage',
        { conversation_id: customer.place.conversation_id as number },
        body,
      ),

    /** An identifier with its hash under the inbox's token. */
    prove: (identifier: string) => ({ identifier, identifier_hash: hmacHex(inbox.hmac_token, identifier) }),

    changeInbox: (body: object) => act(office.administrator, 'agentUpdateInbox', { id: inbox.id }, body),

    /** Waits until no conversation waits for an agent. */
    allGiven: () =>
      vi.waitFor(
        async () =>
          expect(await server.app.db.all(server.app.db.q.selectFrom('assignment_queue').selectAll())).toEqual(
            [],
          ),
        15_000,
      ),

    hear: ({ session, session_id }: Customer) =>
      listen({
        identifier: contactIdentifier(session.pubsub_token),
        audience: 'contact',
        streams: [streamOf.session(session_id)],
      }),
    desk: (user: UserRow) =>
      listen({
        identifier: agentIdentifier(user, account_id),
        audience: 'agent',
        streams: [
          streamOf.account(account_id),
          ...(user.id === office.outsider.id ? [] : [streamOf.inbox(inbox.id)]),
        ],
      }),

    /** Waits until all these have heard what was told before, and answers every event since the last call. */
    async heard(listening: readonly Ear[]): Promise<Frame[][]> {
      const streams = [...new Set(listening.flatMap((ear) => ear.streams))];
      await server.app.db.write(async (tx) => logEvent(tx, 'mark', [{ streams, data: {} }]));
      return Promise.all(
        listening.map(async (ear) => {
          const { frames } = ear.cable;
          await ear.cable.until(() => frames.filter(isMark).length === ear.streams.length);
          const told = frames.filter((frame) => !isMark(frame) && frame.message);
          frames.length = 0;
          for (const frame of told) expectStrict(ear, frame);
          return told;
        }),
      );
    },

    /** Closes the sockets that were opened. */
    silence(): void {
      for (const { cable } of ears.splice(0)) cable.ws.terminate();
    },
  };
}

const isMark = ({ message }: Frame) => message?.event === 'mark';

/** A data frame has these keys and no other, and exactly the payload that the contract states for its audience. */
function expectStrict({ audience, identifier }: Ear, frame: Frame): void {
  const { event = '', data } = frame.message ?? {};
  const schemas: Record<string, Parameters<typeof faultsOf>[0]> = events[audience];
  expect(frame.identifier).toBe(identifier);
  expect(Object.keys(frame).filter((key) => !['stream_id', 'epoch', 'offset'].includes(key))).toEqual([
    'identifier',
    'message',
  ]);
  expect([audience, event, Object.hasOwn(schemas, event)]).toEqual([audience, event, true]);
  expect([event, faultsOf(schemas[event] as Parameters<typeof faultsOf>[0], data)]).toEqual([event, []]);
}

/** An event's name, with the message type where it is a message; presence, and what one user is notified of, is left out. */
export const namesOf = (frames: readonly Frame[]): string[] =>
  frames
    .filter(({ message }) => !/^(presence|notification)\./.test(message?.event ?? ''))
    .map(({ message }) => {
      const type = message?.data?.message_type;
      return typeof type === 'number' ? `${message?.event} ${type}` : `${message?.event}`;
    });
