/**
 * Facts to delivery rows, in the transaction of their cause (decisions.md 9). Who receives is one read for all
 * facts of a batch; what a payload needs is loaded only when somebody does.
 */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import type { Fact, FarListener } from '../events/listeners.ts';
import type { LoadedConversation } from '../messages/announce.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import type { MessageParts } from '../messages/wire.ts';
import type { IdAndName } from './payload-parts.ts';
import { toChangedAttributes, toWebhookSender } from './payload-parts.ts';
import { contactPayload, inboxPayload, messagePayload, toWebhookConversation } from './payloads.ts';
import { findReceivers, type Receiver, receiversOfConversations, receives } from './receivers.ts';
import { insertDeliveries, type NewDelivery } from './store.ts';

/** Listens for everything that somebody may want to receive; called once when the server opens. */
export const enqueueDeliveries = (app: App): FarListener<Receiver[]> => ({
  foresee: receiversOfConversations,
  hear: (tx, facts, receivers) => enqueue(app, tx, facts, receivers),
});

const webhookEvents =
  /^(message_(created|updated)|conversation_(created|updated|status_changed|typing_on|typing_off)|(contact|inbox)_(created|updated))$/;

async function enqueue(
  app: App,
  tx: Tx,
  told: readonly Fact[],
  known: readonly Receiver[] | undefined,
): Promise<void> {
  const facts = told.filter(({ event }) => webhookEvents.test(event));
  if (!facts.length) return;
  const receivers = known ?? (await findReceivers(tx, facts));
  if (!receivers.length) return;
  const addressed = facts
    .flatMap((fact) => eventsOf(fact).map((event) => ({ event, fact })))
    .map(({ event, fact }) => ({ event, fact, to: receivers.filter((one) => receives(one, event, fact)) }))
    .filter(({ to }) => to.length);
  if (!addressed.length) return;
  const sources = await loadSources(
    tx,
    addressed.map(({ fact }) => fact),
  );
  const rows = addressed.flatMap(({ event, fact, to }) => {
    const content = toDeliveryContent(app, sources, { event, fact });
    // A bot may stand for the inbox and be assigned as well: it hears once.
    return content
      ? [...new Set(to.map(({ endpoint }) => endpoint))].map((endpoint) => ({ ...content, endpoint }))
      : [];
  });
  await insertDeliveries(app, tx, rows, receivers);
}

interface StatusDetail {
  changed_attributes?: { status?: [unknown, unknown] };
}

/** A change of status is up to two events: bots hear of opening and resolving by name, and first. */
function eventsOf({ event, detail }: Fact): string[] {
  if (event !== 'conversation_status_changed') return [event];
  const status = (detail as StatusDetail).changed_attributes?.status?.[1];
  return [
    ...(status === 'open' ? ['conversation_opened'] : []),
    ...(status === 'resolved' ? ['conversation_resolved'] : []),
    event,
  ];
}

interface PayloadSources {
  accounts: Map<number, IdAndName>;
  loadedById: Map<number, LoadedConversation>;
  messages: Map<number, MessageParts>;
  emails: Map<number, string>;
}

interface WebhookDetail {
  message_id?: number;
  contact?: ContactRow;
  inbox?: InboxRow;
  previous?: InboxRow;
  changed_attributes?: Record<string, [unknown, unknown]>;
  user?: MessageParts['sender'];
  is_private?: boolean;
}

const detailOf = ({ detail }: Fact) => detail as WebhookDetail;
const unique = (ids: (number | null | undefined)[]) => [...new Set(ids.filter((id) => id != null))];

/** What the payloads need, one read a table for any number of facts. */
async function loadSources(tx: Tx, facts: readonly Fact[]): Promise<PayloadSources> {
  const accounts = await tx.all(
    tx.q
      .selectFrom('accounts')
      .select(['id', 'name'])
      .where(isAnyOf(tx, 'id', unique(facts.map(({ account_id }) => account_id)))),
  );
  const conversationIds = unique(facts.map(({ conversation_id }) => conversation_id));
  const loadedById = conversationIds.length
    ? await lockConversations(tx, conversationIds)
    : new Map<number, LoadedConversation>();
  const messages = await findMessages(tx, unique(facts.map((fact) => detailOf(fact).message_id)));
  const displayIds = new Map([...loadedById].map(([id, { conversation }]) => [id, conversation.display_id]));
  const parts = await loadParts(tx, messages, displayIds);
  const senders = [...parts.map(({ sender }) => sender), ...facts.map((fact) => detailOf(fact).user)];
  const userIds = unique(senders.map((sender) => (sender?.type === 'user' ? sender.id : undefined)));
  const users = userIds.length
    ? await tx.all(
        tx.q
          .selectFrom('users')
          .select(['id', 'email'])
          .where(isAnyOf(tx, 'id', userIds)),
      )
    : [];
  return {
    accounts: new Map(accounts.map((account) => [account.id, account])),
    loadedById,
    messages: new Map(parts.map((part) => [part.message.id, part])),
    emails: new Map(users.map(({ id, email }) => [id, email])),
  };
}

interface EventWithFact {
  event: string;
  fact: Fact;
}

type DeliveryContent = Omit<NewDelivery, 'endpoint'>;

/** What a delivery of the event holds; undefined for what is never sent: activities, and rows that are gone again. */
function toDeliveryContent(
  app: App,
  sources: PayloadSources,
  { event, fact }: EventWithFact,
): DeliveryContent | undefined {
  const account = sources.accounts.get(fact.account_id);
  if (!account) return undefined;
  switch (event) {
    case 'contact_created':
    case 'contact_updated':
      return contactContent(event, fact, account);
    case 'inbox_created':
    case 'inbox_updated':
      return inboxContent(event, fact, account);
    default: {
      const loaded = sources.loadedById.get(fact.conversation_id ?? 0);
      if (!loaded) return undefined;
      return event === 'message_created' || event === 'message_updated'
        ? messageContent(app, event, { fact, account, loaded, sources })
        : conversationContent(app, event, { fact, account, loaded, sources });
    }
  }
}

function contactContent(event: string, fact: Fact, account: IdAndName): DeliveryContent | undefined {
  const { contact, changed_attributes } = detailOf(fact);
  if (!contact) return undefined;
  const payload = contactPayload(contact, account, changed_attributes);
  return { account_id: account.id, event, contact_id: contact.id, payload };
}

function inboxContent(event: string, fact: Fact, account: IdAndName): DeliveryContent | undefined {
  const { inbox, previous } = detailOf(fact);
  return inbox && { account_id: account.id, event, payload: inboxPayload(inbox, account, previous) };
}

interface ConversationSource {
  fact: Fact;
  account: IdAndName;
  loaded: LoadedConversation;
  sources: PayloadSources;
}

function messageContent(
  app: App,
  event: 'message_created' | 'message_updated',
  { fact, account, loaded, sources: { messages, emails } }: ConversationSource,
): DeliveryContent | undefined {
  const parts = messages.get(detailOf(fact).message_id ?? 0);
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
  event: string,
  { fact, account, loaded, sources: { emails } }: ConversationSource,
): DeliveryContent {
  const conversation = toWebhookConversation(app, loaded, account);
  const { changed_attributes = {}, user, is_private = false } = detailOf(fact);
  const columns = conversationColumns(loaded, event);
  const queued = { ...columns, conversation_id: loaded.conversation.id };
  switch (event) {
    case 'conversation_typing_on':
    case 'conversation_typing_off': {
      const payload = { user: toWebhookSender(user, account, emails), conversation, is_private, event };
      return { ...columns, is_transient: 1, payload };
    }
    case 'conversation_updated': {
      const changes = toChangedAttributes(changed_attributes);
      return { ...queued, payload: { ...conversation, changed_attributes: changes, event } };
    }
    case 'conversation_status_changed':
      return { ...queued, payload: { ...conversation, changed_attributes: null, event } };
    default:
      return { ...queued, payload: { ...conversation, event } };
  }
}

const conversationColumns = ({ conversation }: LoadedConversation, event: string) => ({
  account_id: conversation.account_id,
  event,
  display_id: conversation.display_id,
  contact_id: conversation.contact_id,
});
