/**
 * Facts to delivery rows, in the transaction of their cause (decisions.md 9). Who receives is one read for all
 * facts of a batch; what a payload needs is loaded only when somebody does.
 */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import type { Fact, FarListener } from '../events/listeners.ts';
import type { Thread } from '../messages/announce.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import { lockThreads } from '../messages/threads.ts';
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
  threads: Map<number, Thread>;
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
  const threads = conversationIds.length ? await lockThreads(tx, conversationIds) : new Map<number, Thread>();
  const messages = await findMessages(tx, unique(facts.map((fact) => detailOf(fact).message_id)));
  const displayIds = new Map([...threads].map(([id, { conversation }]) => [id, conversation.display_id]));
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
    threads,
    messages: new Map(parts.map((part) => [part.message.id, part])),
    emails: new Map(users.map(({ id, email }) => [id, email])),
  };
}

interface EventWithFact {
  event: string;
  fact: Fact;
}

/** The row's content; undefined for what is never sent: activities, and what is gone again. */
function toDeliveryContent(
  app: App,
  sources: PayloadSources,
  { event, fact }: EventWithFact,
): Omit<NewDelivery, 'endpoint'> | undefined {
  const { account_id } = fact;
  const account = sources.accounts.get(account_id) as IdAndName;
  const detail = detailOf(fact);
  if (event === 'contact_created' || event === 'contact_updated') {
    const contact = detail.contact as ContactRow;
    const payload = contactPayload(contact, account, detail.changed_attributes);
    return { account_id, event, contact_id: contact.id, payload };
  }
  if (event === 'inbox_created' || event === 'inbox_updated')
    return { account_id, event, payload: inboxPayload(detail.inbox as InboxRow, account, detail.previous) };
  const thread = sources.threads.get(fact.conversation_id ?? 0);
  if (!thread) return undefined;
  const { conversation } = thread;
  const place = {
    account_id,
    event,
    display_id: conversation.display_id,
    contact_id: conversation.contact_id,
  };
  const queued = { ...place, conversation_id: conversation.id };
  if (event === 'message_created' || event === 'message_updated') {
    const parts = sources.messages.get(detail.message_id ?? 0);
    if (!parts || parts.message.message_type === 2) return undefined;
    const payload = messagePayload(app, event, { thread, parts, account, emails: sources.emails });
    return { ...queued, message_id: parts.message.id, payload };
  }
  const form = toWebhookConversation(app, thread, account);
  if (event === 'conversation_typing_on' || event === 'conversation_typing_off') {
    const user = toWebhookSender(detail.user, account, sources.emails);
    const is_private = detail.is_private ?? false;
    return { ...place, is_transient: 1, payload: { user, conversation: form, is_private, event } };
  }
  if (event === 'conversation_updated')
    return {
      ...queued,
      payload: { ...form, changed_attributes: toChangedAttributes(detail.changed_attributes ?? {}), event },
    };
  if (event === 'conversation_status_changed')
    return { ...queued, payload: { ...form, changed_attributes: null, event } };
  return { ...queued, payload: { ...form, event } };
}
