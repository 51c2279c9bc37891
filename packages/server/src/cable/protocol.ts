/** Commands and frames of `/cable` as JSON (cable.md parts A and D). What they mean is left to `room-channel.ts`. */

import { MAX_BODY_LEVELS, own } from '@hoory/contract';
import { nestsDeeperThan } from '../json-text.ts';
import { findText } from '../text.ts';

/** `ext` adds session ids, positions and history (cable.md part D). */
export type Protocol = 'base' | 'ext';

const protocolOf: Record<string, Protocol> = {
  'actioncable-v1-json': 'base',
  'actioncable-v1-ext-json': 'ext',
  // Offered by @rails/actioncable as a last resort; whoever settles for it hears the base protocol.
  'actioncable-unsupported': 'base',
};

/** The first supported entry of the client's list; undefined when there is none (cable.md A.1). */
export const chooseProtocol = (offered: Iterable<string>): string | undefined =>
  [...offered].find((name) => Object.hasOwn(protocolOf, name));

/** A client that offered nothing we know is a raw one and hears the base protocol. */
export const toProtocol = (name: string): Protocol => own(protocolOf, name) ?? 'base';

export interface Position {
  offset: number;
  epoch: string;
}

export interface HistoryRequest {
  /** Unix seconds; 0 for none. */
  since: number;
  /** By opaque stream id. */
  streams: Record<string, Position>;
}

/** A member of a presence set (cable.md D.5). */
export interface Member {
  id: string;
  info: unknown;
}

export type Command =
  | { command: 'subscribe'; identifier: string; history?: HistoryRequest; member?: Member }
  | { command: 'unsubscribe'; identifier: string }
  | { command: 'message'; identifier: string; action: string }
  | { command: 'history'; identifier: string; history?: HistoryRequest }
  | { command: 'join'; identifier: string; member: Member }
  | { command: 'leave'; identifier: string }
  | { command: 'presence'; identifier: string; withRecords: boolean }
  | { command: 'ping' };

/** Characters kept of a member of a presence set. */
const maxMemberId = 256;
const maxMemberInfo = 4096;

/** Reads a frame of a client; undefined when there is nothing to do about it, which is never an error (cable.md A.2). */
export function readCommand(text: string): Command | undefined {
  const frame = parseObject(text);
  if (!frame) return undefined;
  const { command, identifier } = frame;
  if (command === 'ping') return { command };
  if (typeof identifier !== 'string') return undefined;
  const member = readMember(frame.presence);
  switch (command) {
    case 'subscribe':
      return { command, identifier, history: readHistory(frame.history), member };
    case 'unsubscribe':
    case 'leave':
      return { command, identifier };
    case 'message':
      return readMessage(identifier, frame.data);
    case 'history':
      return { command, identifier, history: readHistory(frame.history) };
    case 'join':
      return member && { command, identifier, member };
    case 'presence':
      return { command, identifier, withRecords: parseObject(frame.data)?.return_records !== false };
    default:
      return undefined;
  }
}

/** `data` is a JSON string; the Flutter client sends an object (cable.md A.3). */
function readMessage(identifier: string, data: unknown): Command | undefined {
  const action = parseObject(data)?.action;
  return typeof action === 'string' ? { command: 'message', identifier, action } : undefined;
}

/** Undefined when neither `since` nor `streams` is given (cable.md D.3). A malformed position is one that fails. */
function readHistory(value: unknown): HistoryRequest | undefined {
  const request = parseObject(value);
  const streams = parseObject(request?.streams);
  const since = Number(findText(request?.since));
  const isSince = Number.isFinite(since) && since > 0;
  if (!isSince && !streams) return undefined;
  return {
    since: isSince ? since : 0,
    streams: Object.fromEntries(
      Object.entries(streams ?? {}).map(([id, given]): [string, Position] => {
        const { offset, epoch } = parseObject(given) ?? {};
        return [
          id,
          {
            offset: Number.isSafeInteger(offset) ? (offset as number) : -1,
            epoch: typeof epoch === 'string' ? epoch : '',
          },
        ];
      }),
    ),
  };
}

/** Undefined for what is no member, or more than a set should keep of one. */
function readMember(value: unknown): Member | undefined {
  const { id, info = {} } = parseObject(value) ?? {};
  if (typeof id !== 'string' || id.length > maxMemberId) return undefined;
  return JSON.stringify(info).length > maxMemberInfo ? undefined : { id, info };
}

/** The parameters in an identifier; undefined when it is not a JSON object. */
export const readIdentifier = (identifier: string) => parseObject(identifier);

function parseObject(value: unknown): Record<string, unknown> | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? (parsed as Record<string, unknown>)
    : undefined;
}

/** Undefined for what is no JSON or nests deeper than a frame needs, which would overflow the stack when it is printed. */
function parseJson(text: string): unknown {
  if (nestsDeeperThan(text, MAX_BODY_LEVELS)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
