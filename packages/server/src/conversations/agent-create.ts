/** Starts a conversation on behalf of an agent: with a contact in an inbox, or in an existing session (application-api.md section 6.8). */
import type { AgentConversation, agentConversations, Input } from '@hoory/contract';
import { getMember } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import { findContact, findSession, insertSession } from '../contacts/store.ts';
import { checkCustomAttributes } from '../custom-attributes/check.ts';
import type { Tx } from '../db/db.ts';
import type { ContactInboxRow, ConversationRow } from '../db/tables.ts';
import { notFound, unprocessable } from '../errors.ts';
import { describeUploads, type NewAttachment } from '../files/attachments.ts';
import { addUploads } from '../files/uploads.ts';
import type { RequestContext } from '../http/routes.ts';
import type { Upload } from '../http/upload.ts';
import { getVisibleInbox, requireVisible } from '../inboxes/access.ts';
import { agentMessage } from '../messages/agent-input.ts';
import { emitConversationEvent } from '../messages/emit-events.ts';
import { keepUploads } from '../messages/keep-uploads.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { postWithin } from '../messages/post.ts';
import type { MessageParts } from '../messages/wire.ts';
import { newUuid } from '../secrets.ts';
import { getTeam } from '../teams/store.ts';
import { readViewer, showConversation } from './agent-wire.ts';
import { getRelatedRows } from './record/related-rows.ts';
import { initialStatus } from './record/rules.ts';
import { insertConversation, lockLatestConversation } from './record/store.ts';
import { insertParticipants } from './store-participants.ts';

type CreateInput = Input<(typeof agentConversations)['agentCreateConversation']>;

/** @throws not_found for an unknown contact, inbox or session; unprocessable when `source_id` belongs to another contact */
export async function createConversation(
  app: App,
  caller: AccountCaller,
  input: CreateInput,
  { uploads }: RequestContext,
): Promise<AgentConversation> {
  if (input.inbox_id) await getVisibleInbox(app.db, caller, input.inbox_id);
  if (input.assignee_id) await getMember(app.db, caller.account.id, input.assignee_id);
  if (input.team_id) await getTeam(app.db, caller.account.id, input.team_id);
  const viewer = await readViewer(app, caller);
  await addUploads(app, { account_id: caller.account.id, signed: input.message?.attachments, uploads });
  const message = input.message ?? (uploads.length ? {} : undefined);
  const files = uploads.slice();
  const attachments = await describeUploads(app, uploads);
  return keepUploads(uploads, (onStored) =>
    app.db.write(async (tx) => {
      const session = await sessionFor(app, tx, caller, input);
      await requireVisible(tx, caller, session.inbox_id);
      const conversation = await startIn(app, tx, session, input);
      if (message) {
        const first = { caller, conversation, message, files, attachments };
        for (const parts of await postFirst(app, tx, first)) onStored(parts);
      }
      return showConversation(app, tx, { viewer, id: conversation.id });
    }),
  );
}

/** The session that the input names, or a new one of the contact in the inbox. */
async function sessionFor(
  app: App,
  tx: Tx,
  caller: AccountCaller,
  input: CreateInput,
): Promise<ContactInboxRow> {
  const account_id = caller.account.id;
  const source_id = input.source_id?.trim();
  if (!input.inbox_id || !input.contact_id) {
    const named = source_id ? await sessionBySource(tx, account_id, source_id) : undefined;
    if (!named) throw notFound();
    return named;
  }
  const contact = await findContact(tx, account_id, input.contact_id);
  if (!contact) throw notFound();
  const existing = source_id ? await findSession(tx, input.inbox_id, source_id) : undefined;
  if (existing && existing.contact_id !== contact.id)
    throw unprocessable('source_id is already in use by another contact');
  return (
    existing ??
    insertSession(app, tx, {
      account_id,
      contact_id: contact.id,
      inbox_id: input.inbox_id,
      source_id: source_id || newUuid(),
      hmac_verified: input.hmac_verified ? 1 : 0,
    })
  );
}

const sessionBySource = (
  tx: Tx,
  account_id: number,
  source_id: string,
): Promise<ContactInboxRow | undefined> =>
  tx.get(
    tx.q
      .selectFrom('contact_inboxes')
      .selectAll()
      .where('account_id', '=', account_id)
      .where('source_id', '=', source_id),
  );

/** A new conversation; the newest one of the session where the inbox allows one for each session. */
async function startIn(
  app: App,
  tx: Tx,
  session: ContactInboxRow,
  input: CreateInput,
): Promise<ConversationRow> {
  const inbox = await tx.get(tx.q.selectFrom('inboxes').selectAll().where('id', '=', session.inbox_id));
  const last = inbox?.lock_to_single_conversation ? await lockLatestConversation(tx, session.id) : undefined;
  if (last) return last;
  const contact = await findContact(tx, session.account_id, session.contact_id);
  if (!inbox || !contact) throw notFound();
  await checkCustomAttributes(tx, {
    account_id: session.account_id,
    attribute_model: 'conversation_attribute',
    given: input.custom_attributes,
  });
  const initial = initialStatus(inbox, contact);
  const status = initial === 'open' ? (input.status ?? 'open') : initial;
  const row = await insertConversation(app, tx, {
    session,
    status,
    custom_attributes: input.custom_attributes,
    additional_attributes: input.additional_attributes,
    assignee_id: input.assignee_id || null,
    team_id: input.team_id || null,
    snoozed_until: status === 'snoozed' && input.snoozed_until ? Date.parse(input.snoozed_until) : null,
  });
  if (row.assignee_id !== null) await insertParticipants(app, tx, row, [row.assignee_id]);
  const loaded = await lockConversation(tx, row.id);
  emitConversationEvent(app, tx, 'conversation.created', loaded);
  const { account_id, inbox_id, id: conversation_id } = row;
  await app.listeners.notify(tx, [
    { event: 'conversation_created', account_id, inbox_id, conversation_id, detail: { status: row.status } },
  ]);
  return row;
}

interface FirstMessage {
  caller: AccountCaller;
  conversation: ConversationRow;
  message: NonNullable<CreateInput['message']>;
  files: readonly Upload[];
  attachments: readonly NewAttachment[];
}

async function postFirst(
  app: App,
  tx: Tx,
  { caller, conversation, message, files, attachments }: FirstMessage,
): Promise<MessageParts[]> {
  const loadRelated = () => getRelatedRows(tx, conversation);
  const posting = { caller, conversation, loadRelated, input: message, uploads: files };
  const input = await agentMessage(app, posting);
  return postWithin(tx, [{ app, conversation_id: conversation.id, attachments, ...input }]);
}
