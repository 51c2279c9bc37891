/** Sends the public messages of a conversation by mail (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { Refusal, unprocessable } from '../errors.ts';
import { listMessageRows, loadPartsOf } from '../messages/store.ts';
import type { MessageParts, MessageViewRow } from '../messages/wire.ts';
import { toIso } from '../time.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { getRelatedRows } from './record/related-rows.ts';

/** Messages of a transcript, the newest ones: a larger mail could not be opened. */
const maxMessages = 2000;

/** Transcripts of one account in an hour. */
const maxPerHour = 1000;

/**
 * @throws unprocessable when no mail server is set, too_many_requests beyond the account's transcripts in an hour
 */
export async function sendTranscript(
  app: App,
  caller: AgentCaller,
  { conversation_id, email }: Input<(typeof agentConversationUpkeep)['agentSendTranscript']>,
): Promise<void> {
  const conversation = await getVisibleConversation(app, caller, conversation_id);
  if (!app.mail.isOn) throw unprocessable('No mail is sent here: SMTP_URL is not set');
  const retryAfter = await app.limits.takeStrictly(`transcript:${caller.account.id}`, maxPerHour, 3_600_000);
  if (retryAfter) throw new Refusal('too_many_requests', 'Too many transcripts', { retryAfter });
  const { inbox, contact } = await getRelatedRows(app.db, conversation);
  const rows = await listMessageRows(app.db, conversation.id, {
    limit: maxMessages,
    end: 'newest',
    readable: 'public',
  });
  const parts = await loadPartsOf(app.db, conversation, rows);
  const transcript = {
    to: email.trim(),
    contact_id: contact.id,
    subject: `[#${conversation.display_id}] Conversation with ${inbox.name}`,
    text: [`Conversation of ${contact.name} with ${inbox.name}`, ...parts.map(lineOf)].join('\n\n'),
  };
  await app.db.write((tx) => app.mail.send(tx, transcript));
}

function lineOf({ message, sender, attachments }: MessageParts<MessageViewRow>): string {
  const files = attachments.map(({ file_name }) => `[${file_name ?? 'file'}]`);
  const text = [message.content, ...files].filter(Boolean).join(' ');
  return `${toIso(message.created_at)} ${sender?.name ?? 'Automatic answer'}:\n${text}`;
}
