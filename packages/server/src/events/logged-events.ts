/** The events of the log and their payloads, which the contract defines, except for changes of access. */
import type { AgentEventData, AgentEventName } from '@hoory/contract';
import { isObject } from '../json-text.ts';

/**
 * A change of what somebody may see. Its most specific key says whose: a user, a session, else every session of an inbox and
 * every agent, else everybody in an account.
 */
export interface AccessChange {
  user_id?: number;
  session_id?: number;
  account_id?: number;
  inbox_id?: number;
}

/** Payload by event name. A contact hears some of the agents' events, with a payload of the same type. */
export type LoggedEvents = { [Name in AgentEventName]: AgentEventData<Name> } & { access: AccessChange };

/**
 * The data of a stored payload, `{"event":...,"data":...}`.
 * @throws Error when the text is no such payload
 */
export function parseEventData(payload: string): Record<string, unknown> {
  const message: unknown = JSON.parse(payload);
  if (!isObject(message) || !isObject(message.data)) throw new Error('A payload of the log has no data');
  return message.data;
}

const accessKeys = ['user_id', 'session_id', 'account_id', 'inbox_id'] as const;

/** The data of an event `access`. */
export function parseAccessChange(payload: string): AccessChange {
  const data = parseEventData(payload);
  const change: AccessChange = {};
  for (const key of accessKeys) {
    const id = data[key];
    if (typeof id === 'number') change[key] = id;
  }
  return change;
}
