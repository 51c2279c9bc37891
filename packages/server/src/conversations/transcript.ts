/** A conversation by mail, as its customer has read it (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { Refusal, unprocessable } from '../errors.ts';
import { listMessageRows, loadPartsOf } from '../messages/store.ts';
import type { MessageParts, MessageViewRow } from '../messages/wire.ts';
import { toIso } from '../time.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { loadRelatedRows } from './record/store.ts';
import type { RelatedRows } from './record/wire.ts';

/** Messages of a transcript, the newest ones; letters that nobody can open help nobody. */
const mostMessages = 2000;

/** Transcripts that an account sends in an hour. */
const perHour = 1000;

/**
 * Sends the public messages. @throws unprocessable without an address or without a mail server, too_many_requests past the
 * account's share
 */
export async function sendTranscript(
  app: App,
  caller: AgentCaller,
  { conversation_id, email }: Input<(typeof agentConversationUpkeep)['agentSendTranscript']>,
): Promise<void> {
  const conversation = await getVisibleConversation(app, caller, conversation_id);
  if (!app.mail.isOn) throw unprocessable('No mail is sent here: SMTP_URL is not set');
  const retryAfter = app.limits.take(`transcript:${caller.account.id}`, perHour, 3_600_000);
  if (retryAfter) throw new Refusal('too_many_requests', 'Too many transcripts', { retryAfter });
  const { inbox, contact } = (await loadRelatedRows(app.db, [conversation])).get(
    conversation.id,
  ) as RelatedRows;
  const rows = await listMessageRows(app.db, conversation.id, {
    limit: mostMessages,
    end: 'newest',
    readable: 'public',
  });
  const parts = await loadPartsOf(app.db, conversation, rows);
  const letter = {
    to: email.trim(),
    contact_id: contact.id,
    subject: `[#${conversation.display_id}] Conversation with ${inbox.name}`,
    text: [`Conversation of ${contact.name} with ${inbox.name}`, ...parts.map(lineOf)].join('\n\n'),
  };
  await app.db.write((tx) => app.mail.send(tx, letter));
}

function lineOf({ message, sender, attachments }: MessageParts<MessageViewRow>): string {
  const files = attachments.map(({ file_name }) => `[${file_name ?? 'file'}]`);
  const text = [message.content, ...files].filter(Boolean).join(' ');
  return `${toIso(message.created_at)} ${sender?.name ?? 'Automatic answer'}:\n${text}`;
}
