/** The agents' verbs on messages (application-api.md section 6.9). */
import type { AgentMessage, agentMessages, Input } from '@hoory/contract';
import { toEventUser } from '../agents/sender.ts';
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller } from '../caller.ts';
import { toEventContact } from '../contacts/wire.ts';
import { getVisibleConversation, getVisibleHead } from '../conversations/record/agent-scope.ts';
import { getRelatedRows } from '../conversations/record/related-rows.ts';
import { conversationScope } from '../conversations/record/scope.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { describeUploads } from '../files/attachments.ts';
import { discardFiles } from '../files/discard.ts';
import { addUploads } from '../files/uploads.ts';
import { readBase, readFreeForm, toFreeForm } from '../free-form.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { readWords } from '../stored-json.ts';
import { toIsoOrNull } from '../time.ts';
import { agentMessage } from './agent-input.ts';
import { keepUploads } from './keep-uploads.ts';
import { lockConversation } from './loaded-conversation.ts';
import { postMessage } from './post.ts';
import { isMessageStatus } from './rules.ts';
import { deleteAttachmentRows, listMessageRows, loadPartsOf, type MessagePage } from './store.ts';
import { updateMessage } from './update.ts';
import { echoOf, toAgentMessage } from './wire.ts';

type Endpoints = typeof agentMessages;

export const agentMessageRoutes: Routes<Endpoints> = {
  agentListMessages: listMessages,
  agentPostMessage: post,
  agentUpdateMessage: updateStatus,
  agentDeleteMessage: deleteMessage,
  agentRetryMessage: async (app, caller, input) =>
    change(app, caller, input, async ({ id: message_id, account_id, inbox_id, conversation_id }, tx) => {
      await app.listeners.notify(tx, [
        { event: 'message_retried', account_id, inbox_id, conversation_id, detail: { message_id } },
      ]);
      return { status: 'sent', content_attributes: '{}' };
    }),
};

async function listMessages(app: App, caller: AgentCaller, input: Input<Endpoints['agentListMessages']>) {
  const { conversation, contact, assignee } = await getVisibleHead(app, caller, input.conversation_id);
  const rows = await listMessageRows(app.db, conversation.id, pageOf(input));
  const users = assignee ? [caller.user, assignee] : [caller.user];
  const parts = await loadPartsOf(app.db, conversation, rows, { contacts: [contact], users });
  return {
    meta: {
      labels: readWords(conversation.labels),
      additional_attributes: readFreeForm(conversation.additional_attributes),
      contact: toEventContact(contact),
      ...(assignee && { assignee: toEventUser(assignee) }),
      agent_last_seen_at: toIsoOrNull(conversation.agent_last_seen_at),
      assignee_last_seen_at: toIsoOrNull(conversation.assignee_last_seen_at),
    },
    payload: parts.map((part) => toAgentMessage(app, part)),
  };
}

/** Without bounds the newest 20; with `before` the 20 before it; with `after` the 100 after it; with both up to 1000 from `after` on. */
function pageOf({
  before,
  after,
  filter_internal_messages,
}: Input<Endpoints['agentListMessages']>): MessagePage {
  const readable = filter_internal_messages ? 'public' : 'all';
  if (after === undefined) return { before, limit: 20, end: 'newest', readable };
  if (before === undefined) return { after, limit: 100, end: 'oldest', readable };
  return { before, after: after - 1, limit: 1000, end: 'oldest', readable };
}

async function post(
  app: App,
  caller: AccountCaller,
  input: Input<Endpoints['agentPostMessage']>,
  { uploads }: RequestContext,
): Promise<AgentMessage> {
  const conversation = await getVisibleConversation(app, caller, input.conversation_id);
  await addUploads(app, { account_id: caller.account.id, signed: input.attachments, uploads });
  const loadRelated = () => getRelatedRows(app.db, conversation);
  const prepared = await agentMessage(app, { caller, conversation, loadRelated, input, uploads });
  const attachments = await describeUploads(app, uploads);
  return keepUploads(uploads, (onStored) =>
    postMessage(conversation, {
      app,
      conversation_id: conversation.id,
      attachments,
      ...prepared,
      answer: (parts) => {
        onStored(parts);
        return { ...toAgentMessage(app, parts), ...echoOf(parts.message) };
      },
    }),
  );
}

/** Unknown words, and `delivered` after `read`, change nothing. Every other status than `failed` clears the error. */
async function updateStatus(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentUpdateMessage']>,
): Promise<AgentMessage> {
  return change(app, caller, input, (message) => {
    const { status, external_error } = input;
    if (!status || !isMessageStatus(status)) return {};
    if (message.status === 'read' && status === 'delivered') return {};
    const error = status === 'failed' ? (external_error ?? null) : null;
    const attributes = { ...readBase(message.content_attributes), external_error: error };
    return { status, content_attributes: toFreeForm('external_error', attributes) };
  });
}

/** Replaces the content by a notice and deletes the files; the row stays. */
async function deleteMessage(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentDeleteMessage']>,
): Promise<AgentMessage> {
  return change(app, caller, input, async (message, tx) => {
    const attachments = await deleteAttachmentRows(tx, message.id);
    const keys = attachments.flatMap(({ file_key, thumb_key }) => [file_key, thumb_key]);
    tx.afterCommit(() => void discardFiles(app, keys));
    const content_attributes = JSON.stringify({ deleted: true });
    return { content: 'This message was deleted', content_type: 'text', content_attributes };
  });
}

/** Returns the columns to change, none for no change. */
type Decide = (message: MessageRow, tx: Tx) => Partial<MessageRow> | Promise<Partial<MessageRow>>;

/** Changes one message of a conversation in a transaction. @throws not_found when the conversation has no such message */
async function change(
  app: App,
  caller: AgentCaller,
  { conversation_id, message_id }: { conversation_id: number; message_id: number },
  decide: Decide,
): Promise<AgentMessage> {
  const seen = await getVisibleConversation(app, caller, conversation_id);
  const { id } = seen;
  return app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, id);
    const message = await tx.get(
      tx.q.selectFrom('messages').selectAll().where('id', '=', message_id).where('conversation_id', '=', id),
    );
    if (!message) throw notFound();
    const changes = await decide(message, tx);
    return toAgentMessage(
      app,
      await updateMessage(app, tx, loaded, { message, changes, performer: toEventUser(caller.user) }),
    );
  }, conversationScope(seen));
}
