/** The contact's verbs on messages (client-api.md 5.11 to 5.13). */
import type { clientMessages, Input, Message } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import { getOwnConversation, getPathConversation } from '../conversations/record/session-scope.ts';
import { describeUploads } from '../files/attachments.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { toBefore } from '../text.ts';
import { echoColumns } from './echo.ts';
import { keepUploads } from './keep-uploads.ts';
import { postMessage } from './post.ts';
import { listMessageRows, loadPartsOf } from './store.ts';
import { submitValues } from './submit.ts';
import { toMessage } from './wire.ts';

export const clientMessageRoutes: Routes<typeof clientMessages> = {
  listMessages,
  postMessage: postOwnMessage,
  updateMessage: submitValues,
};

/** The newest 20 messages, or the 20 before `before`, oldest first. */
async function listMessages(
  app: App,
  caller: SessionCaller,
  input: Input<(typeof clientMessages)['listMessages']>,
): Promise<Message[]> {
  const conversation = await getOwnConversation(app, caller, input.conversation_id);
  const rows = await listMessageRows(app.db, conversation.id, {
    before: toBefore(input.before),
    limit: 20,
    end: 'newest',
    readable: 'public',
  });
  return (await loadPartsOf(app.db, conversation, rows)).map((parts) => toMessage(app, parts));
}

/**
 * Posts as the contact. A repeat of `echo_id` returns the first message (decisions.md 7). Nothing is read before the
 * transaction: authentication has loaded the conversation.
 */
async function postOwnMessage(
  app: App,
  caller: SessionCaller,
  input: Input<(typeof clientMessages)['postMessage']>,
  { uploads }: RequestContext,
): Promise<Message> {
  const conversation = getPathConversation(caller);
  const content = input.content ?? null;
  const files = uploads.slice();
  const attachments = await describeUploads(app, uploads);
  return keepUploads(uploads, (onStored) =>
    postMessage(conversation, {
      app,
      conversation_id: conversation.id,
      message: {
        message_type: MessageType.incoming,
        content,
        sender_type: 'Contact',
        sender_id: caller.contact.id,
        ...echoColumns('c', input.echo_id, { content, files }),
      },
      sender: 'contact',
      attachments,
      answer: (parts) => {
        onStored(parts);
        return toMessage(app, parts);
      },
    }),
  );
}
