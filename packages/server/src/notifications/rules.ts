/** Decisions about notifications without I/O: their types, flags and texts. */
import { cut, type NotificationType } from '@hoory/contract';

export const notificationTypes: readonly NotificationType[] = [
  'conversation_creation',
  'conversation_assignment',
  'assigned_conversation_new_message',
  'conversation_mention',
  'participating_conversation_new_message',
];

export type Channel = 'email' | 'push';

/** A flag of each type for this channel, such as `email_conversation_mention`. */
export const allFlags = (channel: Channel): string[] => notificationTypes.map((type) => `${channel}_${type}`);

/** The flags of a user who has not chosen any. */
export const initialFlags = (channel: Channel): string[] => [`${channel}_conversation_assignment`];

/** The known flags among `flags`, without duplicates, in the order of `notificationTypes`. */
export const knownFlags = (channel: Channel, flags: readonly string[]): string[] =>
  allFlags(channel).filter((flag) => flags.includes(flag));

const maxTextLength = 200;

export interface NotificationTextInput {
  type: NotificationType;
  display_id: number;
  /** The message of the notification, else the newest of the conversation. */
  message: { content: string | null; sender: string | undefined } | undefined;
}

/** The text that the user reads: sender and content of the message, or the event when the conversation has no message. */
export function toNotificationText({ type, display_id, message }: NotificationTextInput): string {
  if (message) {
    const content = withoutLinks(message.content ?? '') || 'sent a file';
    const text = message.sender ? `${message.sender}: ${content}` : content;
    return cut(text, maxTextLength) === text ? text : `${cut(text, maxTextLength - 1)}…`;
  }
  return type === 'conversation_assignment'
    ? `A conversation (#${display_id}) has been assigned to you`
    : `A conversation (#${display_id}) has been created`;
}

/** The subject of the e-mail about a notification. */
export function toEmailSubject(type: NotificationType, display_id: number): string {
  switch (type) {
    case 'conversation_creation':
      return `[#${display_id}] A new conversation`;
    case 'conversation_assignment':
      return `[#${display_id}] A conversation is yours now`;
    case 'conversation_mention':
      return `[#${display_id}] You were mentioned`;
    default:
      return `[#${display_id}] A new message`;
  }
}

/** The content with each mention replaced by its name. */
const withoutLinks = (content: string) =>
  content.replaceAll(/\[([^\]]*)\]\(mention:\/\/[^)]*\)/g, '$1').trim();
