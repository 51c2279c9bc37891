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

export const allFlags = (channel: Channel): string[] => notificationTypes.map((type) => `${channel}_${type}`);

/** What a new member is told of. */
export const initialFlags = (channel: Channel): string[] => [`${channel}_conversation_assignment`];

/** The flags that exist among those asked for, each once, in the order of the list. */
export const knownFlags = (channel: Channel, asked: readonly string[]): string[] =>
  allFlags(channel).filter((flag) => asked.includes(flag));

const maxTextLength = 200;

export interface NotificationTextInput {
  type: NotificationType;
  display_id: number;
  /** The message that tells most: the new one, else the newest of the conversation. */
  message: { content: string | null; sender: string | undefined } | undefined;
}

/** What a user reads: who wrote what, or what happened where nobody has written. */
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

/** What a letter about it is called. */
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

/** A mention reads as the name in it. */
const withoutLinks = (content: string) =>
  content.replaceAll(/\[([^\]]*)\]\(mention:\/\/[^)]*\)/g, '$1').trim();
