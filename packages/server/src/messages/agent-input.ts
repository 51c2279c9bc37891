/**
 * Turns the request of an agent or a bot into a message: checks items, resolves the replied-to message, renders the text, names
 * the sender (application-api.md section 6.9).
 */
import { type agentMessages, type Input, MessageType, own } from '@hoory/contract';
import { performerOf } from '../agent-bots/performer.ts';
import { getBot } from '../agent-bots/store.ts';
import { toEventBot } from '../agent-bots/wire.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { RelatedRows } from '../conversations/record/related-rows.ts';
import type { AgentBotRow, ConversationRow, MessageRow } from '../db/tables.ts';
import { unprocessable } from '../errors.ts';
import { toFreeForm } from '../free-form.ts';
import type { Upload } from '../http/upload.ts';
import { isObject } from '../json-text.ts';
import { findText } from '../text.ts';
import { echoColumns } from './echo.ts';
import { renderText } from './liquid.ts';
import type { MessageInput } from './message-input.ts';

export type AgentInput = Partial<
  Omit<Input<(typeof agentMessages)['agentPostMessage']>, 'account_id' | 'conversation_id'>
>;

export interface AgentPosting {
  caller: AccountCaller;
  conversation: ConversationRow;
  /** Reads the conversation with its contact and inbox, which only templates show. */
  loadRelated(): Promise<RelatedRows>;
  input: AgentInput;
  uploads: readonly Upload[];
}

/** @throws unprocessable for items that the content type does not have, not_found for a bot of another account */
export async function agentMessage(
  app: App,
  { caller, conversation, loadRelated, input, uploads }: AgentPosting,
): Promise<Pick<MessageInput, 'message' | 'sender' | 'performer'>> {
  const message_type = MessageType[input.message_type ?? 'outgoing'];
  const content_type = input.content_type ?? 'text';
  checkItems(content_type, input.content_attributes);
  const attributes = {
    ...input.content_attributes,
    ...(await replyReference(app, conversation, input.content_attributes)),
    ...(input.external_created_at !== undefined && { external_created_at: input.external_created_at }),
    ...(input.is_voice_message && { is_voice_message: true }),
  };
  const content = input.content ?? null;
  const isOurs = message_type === MessageType.outgoing;
  const bot = isOurs ? await botFor(app, caller, input) : undefined;
  const rest = [message_type, input.private, content_type, input.content_attributes, input.source_id];
  return {
    message: {
      message_type,
      content:
        isOurs && content !== null
          ? await renderText(content, async () => ({ caller, ...(await loadRelated()) }))
          : content,
      content_type,
      content_attributes: toFreeForm('content_attributes', attributes),
      additional_attributes: toFreeForm('template_params', {
        ...(input.campaign_id && { campaign_id: input.campaign_id }),
        ...(input.template_params && { template_params: input.template_params }),
      }),
      private: input.private ? 1 : 0,
      source_id: input.source_id ?? null,
      ...senderColumns({ message_type, caller, conversation, bot }),
      ...echoColumns(caller.kind === 'bot' ? `b${caller.bot.id}` : `u${caller.user.id}`, input.echo_id, {
        content,
        files: uploads,
        rest,
      }),
    },
    sender: bot
      ? toEventBot(bot)
      : isOurs
        ? performerOf(caller)
        : message_type === MessageType.incoming
          ? 'contact'
          : undefined,
    performer: performerOf(caller),
  };
}

/** The bot that is shown as sender: the caller, or the bot that an agent names. @throws not_found */
async function botFor(
  app: App,
  caller: AccountCaller,
  { sender_type, sender_id }: AgentInput,
): Promise<AgentBotRow | undefined> {
  if (caller.kind === 'bot') return caller.bot;
  return sender_type === 'AgentBot' ? getBot(app.db, caller.account.id, sender_id ?? 0) : undefined;
}

interface SenderSource {
  message_type: number;
  caller: AccountCaller;
  conversation: ConversationRow;
  bot: AgentBotRow | undefined;
}

/** The caller sends outgoing messages, the contact incoming ones. Activities and templates have no sender. */
function senderColumns({ message_type, caller, conversation, bot }: SenderSource): Partial<MessageRow> {
  if (bot) return { sender_type: 'AgentBot', sender_id: bot.id };
  if (message_type === MessageType.outgoing && caller.kind === 'agent')
    return { sender_type: 'User', sender_id: caller.user.id };
  return message_type === MessageType.incoming
    ? { sender_type: 'Contact', sender_id: conversation.contact_id }
    : {};
}

/** Keys that an item may have, by content type (client-api.md section 2.8). */
const itemKeys: Record<string, readonly string[]> = {
  input_select: ['title', 'value'],
  cards: ['title', 'description', 'media_url', 'actions'],
  form: [
    'type',
    'placeholder',
    'label',
    'name',
    'options',
    'default',
    'required',
    'pattern',
    'title',
    'pattern_error',
  ],
  article: ['title', 'description', 'link'],
};

/** Refuses items that lack, or whose keys are none of their content type (client-api.md section 2.8). @throws unprocessable */
function checkItems(content_type: string, attributes: Record<string, unknown> | undefined): void {
  const allowed = own(itemKeys, content_type);
  if (!allowed) return;
  const items = attributes?.items;
  if (!Array.isArray(items) || !items.length)
    throw unprocessable('Validation failed: Content attributes At least one item is required.');
  for (const item of items) {
    const keys = typeof item === 'object' && item !== null ? Object.keys(item) : ['?'];
    if (!keys.every((key) => allowed.includes(key)))
      throw unprocessable(
        `Validation failed: Content attributes contains invalid keys for items : ${keys.filter((key) => !allowed.includes(key)).join(', ')}`,
      );
    if (content_type === 'cards' && !(isObject(item) && Array.isArray(item.actions)))
      throw unprocessable('Validation failed: Content attributes contains items missing actions');
  }
}

/** The ids of the replied-to message, found by its id or by its `source_id`; both are null when it is unknown. */
async function replyReference(
  app: App,
  conversation: ConversationRow,
  attributes: Record<string, unknown> = {},
) {
  const { in_reply_to, in_reply_to_external_id } = attributes;
  if (in_reply_to == null && in_reply_to_external_id == null) return {};
  const id = Number(findText(in_reply_to));
  const query = app.db.q
    .selectFrom('messages')
    .select(['id', 'source_id'])
    .where('conversation_id', '=', conversation.id);
  const found = await app.db.get(
    in_reply_to == null
      ? query.where('source_id', '=', findText(in_reply_to_external_id) ?? '')
      : query.where('id', '=', Number.isSafeInteger(id) ? id : 0),
  );
  return { in_reply_to: found?.id ?? null, in_reply_to_external_id: found?.source_id ?? null };
}
