/** The streams and sessions that receive a conversation's events (cable.md section C.3). */
import { MessageType } from '@hoory/contract';
import type { ContactInboxRow, ConversationRow } from '../../db/tables.ts';
import { streamOf } from '../../events/emit.ts';

/** Audience A: members of the inbox, and administrators. */
export const agentStreams = (conversation: Pick<ConversationRow, 'inbox_id'>): string[] => [
  streamOf.inbox(conversation.inbox_id),
];

/** Audience C: the conversation's session. When it is verified, all verified sessions of the contact. */
export function contactSessions(
  session: ContactInboxRow,
  siblings: readonly ContactInboxRow[],
): ContactInboxRow[] {
  return session.hmac_verified ? [session, ...siblings.filter(({ id }) => id !== session.id)] : [session];
}

/** Private notes and activities are for agents only (cable.md section C.6). */
export const isForContact = (message: { private: number; message_type: number }) =>
  !message.private && message.message_type !== MessageType.activity;
