/**
 * Converts domain events to delivery rows, in their transaction (decisions.md 9). The receivers are one read for all events of a
 * batch, and payloads are loaded only for events with receivers.
 */
import { MessageType, type Sender } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import { type ChangedAttributes, type DomainEvent, eventsNamed, isNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { type LoadedConversation, lockConversations } from '../messages/loaded-conversation.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import type { MessageParts } from '../messages/wire.ts';
import type { IdAndName } from './payload-parts.ts';
import { toChangedAttributes, toWebhookSender } from './payload-parts.ts';
import { contactPayload, inboxPayload, messagePayload, toWebhookConversation } from './payloads.ts';
import { findReceivers, type Receiver, receiversOfConversations, receives } from './receivers.ts';
import { insertDeliveries, type NewDelivery, takePlaces } from './store.ts';

/** Adds a delivery for each receiver of an event. */
export const enqueueDeliveries = (app: App): Listener<Receiver[]> => ({
  prefetch: receiversOfConversations,
  handle: (tx, events, receivers) => enqueue(app, tx, events, receivers),
});

const messageEvents = ['message_created', 'message_updated'] as const;
const typingEvents = ['conversation_typing_on', 'conversation_typing_off'] as const;
const deliveredEvents = [
  ...messageEvents,
  ...typingEvents,
  'conversation_created',
  'conversation_updated',
  'conversation_status_changed',
  'contact_created',
  'contact_updated',
  'inbox_created',
  'inbox_updated',
] as const;
type DeliveredEvent = DomainEvent<(typeof deliveredEvents)[number]>;

async function enqueue(
  app: App,
  tx: Tx,
  events: readonly DomainEvent[],
  prefetched: readonly Receiver[] | undefined,
): Promise<void> {
  const causes = events.filter((event): event is DeliveredEvent => isNamed(event, deliveredEvents));
  if (!causes.length) return;
  const receivers = prefetched ?? (await findReceivers(tx, causes));
  if (!receivers.length) return;
  const addressed = causes
    .flatMap((cause) => deliveredNames(cause).map((name) => ({ name, cause })))
    .map(({ name, cause }) => ({ name, cause, to: receivers.filter((one) => receives(one, name, cause)) }))
    .filter(({ to }) => to.length);
  if (!addressed.length) return;
  const [sources, places] = await Promise.all([
    loadSources(
      tx,
      addressed.map(({ cause }) => cause),
    ),
    takePlaces(
      tx,
      addressed.flatMap(({ cause: { conversation_id = null }, to }) =>
        to.map(({ endpoint }) => ({ endpoint, conversation_id })),
      ),
    ),
  ]);
  const rows = addressed.flatMap(({ name, cause, to }) => {
    const content = toDeliveryContent(app, sources, { name, cause });
    // A bot of the inbox may also be the assignee: it receives the event once.
    return content
      ? [...new Set(to.map(({ endpoint }) => endpoint))].map((endpoint) => ({ ...content, endpoint }))
      : [];
  });
  await insertDeliveries(app, tx, rows, { receivers, places });
}

/** A change of status is up to two events: bots receive opening and resolving as events of their own, and first. */
function deliveredNames(cause: DeliveredEvent): string[] {
  if (cause.event !== 'conversation_status_changed') return [cause.event];
  const status = cause.detail.changed_attributes.status?.[1];
  return [
    ...(status === 'open' ? ['conversation_opened'] : []),
    ...(status === 'resolved' ? ['conversation_resolved'] : []),
    cause.event,
  ];
}

interface PayloadSources {
  accounts: Map<number, IdAndName>;
  loadedById: Map<number, LoadedConversation>;
  messages: Map<number, MessageParts>;
  emails: Map<number, string>;
}

const unique = (ids: (number | null | undefined)[]) => [...new Set(ids.filter((id) => id != null))];

/** Rows of the payloads, with one read per table for any number of events. Created messages come with their event. */
async function loadSources(tx: Tx, causes: readonly DeliveredEvent[]): Promise<PayloadSources> {
  const conversationIds = unique(causes.map(({ conversation_id }) => conversation_id));
  const created = eventsNamed(causes, 'message_created').map(({ detail }) => detail);
  const updated = eventsNamed(causes, 'message_updated').map(({ detail }) => detail.message_id);
  const typists = causes.map((cause) => (isNamed(cause, typingEvents) ? cause.detail.user : undefined));
  const [accounts, loadedById, messages, emails] = await Promise.all([
    tx.all(
      tx.q
        .selectFrom('accounts')
        .select(['id', 'name'])
        .where(isAnyOf(tx, 'id', unique(causes.map(({ account_id }) => account_id)))),
    ),
    conversationIds.length ? lockConversations(tx, conversationIds) : new Map<number, LoadedConversation>(),
    findMessages(tx, unique(updated)),
    findEmails(tx, [...created.map(({ sender }) => sender), ...typists]),
  ]);
  const parts = await loadParts(
    tx,
    messages,
    [...loadedById.values()].map(({ conversation }) => conversation),
  );
  const emailsOfUpdated = await findEmails(
    tx,
    parts.map(({ sender }) => sender),
  );
  return {
    accounts: new Map(accounts.map((account) => [account.id, account])),
    loadedById,
    messages: new Map([...parts, ...created].map((part) => [part.message.id, part])),
    emails: new Map([...emails, ...emailsOfUpdated]),
  };
}

/** E-mail addresses of the users among these senders, by user id. */
async function findEmails(tx: Tx, senders: readonly (Sender | undefined)[]): Promise<Map<number, string>> {
  const ids = unique(senders.map((sender) => (sender?.type === 'user' ? sender.id : undefined)));
  if (!ids.length) return new Map();
  const users = await tx.all(
    tx.q
      .selectFrom('users')
      .select(['id', 'email'])
      .where(isAnyOf(tx, 'id', ids)),
  );
  return new Map(users.map(({ id, email }) => [id, email]));
}

interface NamedCause {
  /** The name under which the receiver gets it. */
  name: string;
  cause: DeliveredEvent;
}

type DeliveryContent = Omit<NewDelivery, 'endpoint'>;

/** The delivery of an event; undefined for activities, which are never sent, and for rows that are deleted meanwhile. */
function toDeliveryContent(
  app: App,
  sources: PayloadSources,
  { name, cause }: NamedCause,
): DeliveryContent | undefined {
  const account = sources.accounts.get(cause.account_id);
  if (!account) return undefined;
  switch (cause.event) {
    case 'contact_created':
      return contactContent(name, cause.detail, account);
    case 'contact_updated':
      return contactContent(name, cause.detail, account);
    case 'inbox_created':
      return inboxContent(name, cause.detail, account);
    case 'inbox_updated':
      return inboxContent(name, cause.detail, account);
    default: {
      const loaded = sources.loadedById.get(cause.conversation_id);
      if (!loaded) return undefined;
      return cause.event === 'message_created' || cause.event === 'message_updated'
        ? messageContent(app, cause, { account, loaded, sources })
        : conversationContent(app, { name, cause }, { account, loaded, sources });
    }
  }
}

function contactContent(
  event: string,
  { contact, changed_attributes }: { contact: ContactRow; changed_attributes?: ChangedAttributes },
  account: IdAndName,
): DeliveryContent {
  const payload = contactPayload(contact, account, changed_attributes);
  return { account_id: account.id, event, contact_id: contact.id, payload };
}

const inboxContent = (
  event: string,
  { inbox, previous }: { inbox: InboxRow; previous?: InboxRow },
  account: IdAndName,
): DeliveryContent => ({
  account_id: account.id,
  event,
  payload: inboxPayload(inbox, account, previous),
});

interface ConversationSource {
  account: IdAndName;
  loaded: LoadedConversation;
  sources: PayloadSources;
}

function messageContent(
  app: App,
  cause: DomainEvent<(typeof messageEvents)[number]>,
  { account, loaded, sources: { messages, emails } }: ConversationSource,
): DeliveryContent | undefined {
  const { event } = cause;
  const parts = messages.get(
    cause.event === 'message_created' ? cause.detail.message.id : cause.detail.message_id,
  );
  if (!parts || parts.message.message_type === MessageType.activity) return undefined;
  return {
    ...conversationColumns(loaded, event),
    conversation_id: loaded.conversation.id,
    message_id: parts.message.id,
    payload: messagePayload(app, event, { loaded, parts, account, emails }),
  };
}

/** Typing has no place in the queue of its conversation: it may overtake messages, and is not worth a retry. */
function conversationContent(
  app: App,
  { name: event, cause }: { name: string; cause: Exclude<DeliveredEvent, { conversation_id?: undefined }> },
  { account, loaded, sources: { emails } }: ConversationSource,
): DeliveryContent {
  const conversation = toWebhookConversation(app, loaded, account);
  const columns = conversationColumns(loaded, event);
  const queued = { ...columns, conversation_id: loaded.conversation.id };
  if (cause.event === 'conversation_typing_on' || cause.event === 'conversation_typing_off') {
    const user = toWebhookSender(cause.detail.user, account, emails);
    const { is_private } = cause.detail;
    return { ...columns, is_transient: 1, payload: { user, conversation, is_private, event: cause.event } };
  }
  if (cause.event === 'conversation_updated') {
    const changed_attributes = toChangedAttributes(cause.detail.changed_attributes);
    return { ...queued, payload: { ...conversation, changed_attributes, event } };
  }
  return event === 'conversation_status_changed'
    ? { ...queued, payload: { ...conversation, changed_attributes: null, event } }
    : { ...queued, payload: { ...conversation, event } };
}

const conversationColumns = ({ conversation }: LoadedConversation, event: string) => ({
  account_id: conversation.account_id,
  event,
  display_id: conversation.display_id,
  contact_id: conversation.contact_id,
});
