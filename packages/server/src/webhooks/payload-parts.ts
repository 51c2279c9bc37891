/** The small objects of webhook payloads (webhooks.md section 4.1) and their lists of changes. */
import type { EventMessage, Sender, WebhookContact, WebhookSender } from '@hoory/contract';
import { toIso } from '../time.ts';

export interface IdAndName {
  id: number;
  name: string;
}

export const toIdAndName = ({ id, name }: IdAndName): IdAndName => ({ id, name });

/** A contact without its `type`. */
export function toWebhookContact(
  { type: _, ...contact }: Extract<Sender, { type: 'contact' }>,
  account: IdAndName,
): WebhookContact {
  return { ...contact, account: toIdAndName(account), avatar: contact.thumbnail };
}

/** The author of a message or of typing. `emails` by user id; a user who left the account has none. */
export function toWebhookSender(
  sender: Sender | undefined,
  account: IdAndName,
  emails: ReadonlyMap<number, string>,
): WebhookSender | null {
  if (!sender) return null;
  if (sender.type === 'contact') return toWebhookContact(sender, account);
  const { id, name } = sender;
  return sender.type === 'user'
    ? { id, name, email: emails.get(id) ?? '', type: 'user' }
    : { id, name, type: 'agent_bot' };
}

/** Text without the marks of hard breaks and without line ends after it (webhooks.md section 4.2). */
export const stripHardBreaks = (text: string | null): string | null =>
  text?.replaceAll('\\\n', '\n').replace(/\n+$/, '') ?? null;

export const withoutHardBreaks = (message: EventMessage): EventMessage => ({
  ...message,
  content: stripHardBreaks(message.content),
});

type Changes = Record<string, readonly [before: unknown, after: unknown]>;

const times = /(_at|_until|_since)$/;

/** Changes as a list of objects with one key each; milliseconds become ISO times. */
export function toChangedAttributes(changes: Changes) {
  const shown = (name: string, value: unknown) =>
    typeof value === 'number' && times.test(name) ? toIso(value) : (value ?? null);
  return Object.entries(changes).map(([name, [before, after]]) => ({
    [name]: { previous_value: shown(name, before), current_value: shown(name, after) },
  }));
}
