/**
 * Endpoints of agents and bots for messages: list, send with files, change the status, delete, retry (application-api.md section
 * 6.9). `messages.ts` has the objects. `echo_id` makes sending safe to repeat, which upstream does not offer (section 10).
 */
import Type from 'typebox';
import { BlobIds, MAX_ATTACHMENTS } from './attachments.ts';
import { endpoints } from './endpoint.ts';
import { AgentMessage, ContentType, EchoIdInput, MAX_CONTENT } from './messages.ts';
import { conversationKeys, conversationPath } from './paths.ts';
import {
  FreeForm,
  fields,
  Id,
  IsoTime,
  LongText,
  nullable,
  object,
  printedAs,
  ShortText,
  shortText,
  words,
} from './schema.ts';
import { EventContact, EventUser } from './senders.ts';

const agentMessagesPath = `${conversationPath}/messages` as const;
const agentMessagesParams = fields(conversationKeys);
const agentMessageParams = fields({ ...conversationKeys, message_id: Id });

export const agentMessages = endpoints({
  agentListMessages: {
    method: 'GET',
    path: agentMessagesPath,
    auth: 'agent',
    tag: 'Messages',
    summary: 'List messages, oldest first',
    description:
      'Without a bound the newest 20; `before`: the 20 before; `after`: up to 100 after; both: up to 1000 from ' +
      '`after` (included) to `before`.',
    params: agentMessagesParams,
    query: fields({
      before: Type.Optional(Id),
      after: Type.Optional(Id),
      filter_internal_messages: Type.Optional(
        Type.Boolean({ description: 'leave out private notes and activities' }),
      ),
    }),
    returns: object({
      meta: object({
        labels: Type.Array(Type.String()),
        additional_attributes: FreeForm,
        contact: EventContact,
        assignee: Type.Optional(EventUser),
        agent_last_seen_at: nullable(IsoTime),
        assignee_last_seen_at: nullable(IsoTime),
      }),
      payload: Type.Array(AgentMessage),
    }),
  },
  agentPostMessage: {
    method: 'POST',
    path: agentMessagesPath,
    auth: 'agent',
    bot: true,
    root: 'message',
    tag: 'Messages',
    summary: 'Write a message or a private note, with up to 15 files',
    description:
      'A repeat with the same `echo_id` returns the first answer and writes nothing. Files come as `attachments[]` ' +
      'parts of `multipart/form-data`. Every refusal is 422 `{"error":"..."}`.',
    params: agentMessagesParams,
    body: fields({
      content: Type.Optional(Type.String({ maxLength: MAX_CONTENT })),
      message_type: Type.Optional(words('outgoing', 'incoming', 'activity', 'template')),
      private: Type.Optional(Type.Boolean()),
      content_type: Type.Optional(ContentType),
      content_attributes: Type.Optional(FreeForm),
      is_voice_message: Type.Optional(Type.Boolean()),
      echo_id: Type.Optional(EchoIdInput),
      source_id: Type.Optional(nullable(ShortText)),
      external_created_at: Type.Optional(
        printedAs(
          Type.Unsafe<string | number>({ type: ['integer', 'string'], maxLength: 255 }),
          Type.Integer({ description: 'kept as it came, also as text' }),
        ),
      ),
      sender_type: Type.Optional(nullable(words('AgentBot', 'User', 'Contact'))),
      sender_id: Type.Optional(nullable(Id)),
      campaign_id: Type.Optional(nullable(Id)),
      template_params: Type.Optional(nullable(FreeForm)),
      attachments: Type.Optional(BlobIds),
    }),
    files: { attachments: MAX_ATTACHMENTS },
    returns: AgentMessage,
  },
  agentUpdateMessage: {
    method: 'PATCH',
    path: `${agentMessagesPath}/{message_id}`,
    auth: 'agent',
    tag: 'Messages',
    summary: 'Tell what became of a message on its way to the customer',
    params: agentMessageParams,
    body: fields({
      status: Type.Optional(shortText('`sent`, `delivered`, `read` or `failed`; other words are ignored')),
      external_error: Type.Optional(nullable(LongText)),
    }),
    returns: AgentMessage,
  },
  agentDeleteMessage: {
    method: 'DELETE',
    path: `${agentMessagesPath}/{message_id}`,
    auth: 'agent',
    tag: 'Messages',
    summary: 'Take back a message: its content is replaced by a notice, its files are removed',
    params: agentMessageParams,
    returns: AgentMessage,
  },
  agentRetryMessage: {
    method: 'POST',
    path: `${agentMessagesPath}/{message_id}/retry`,
    auth: 'agent',
    tag: 'Messages',
    summary:
      'Send a message again: it counts as sent, what had been noted on it is cleared, and webhooks hear of it',
    params: agentMessageParams,
    returns: AgentMessage,
  },
});
