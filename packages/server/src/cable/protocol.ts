/** Sub-protocols of `/cable` and the frames of its clients (cable.md parts A and D). `room-channel.ts` runs their commands. */

import {
  type ClientCommand,
  clientCommands,
  type HistoryRequest,
  MAX_BODY_LEVELS,
  own,
  PRESENCE_MEMBER,
  PresenceMember,
  type StreamPosition,
  type Subprotocol,
} from '@hoory/contract';
import { Compile, type Validator } from 'typebox/compile';
import { isObject, nestsDeeperThan } from '../json-text.ts';
import { findText } from '../text.ts';

/** `ext` adds session ids, positions and history (cable.md part D). */
export type Protocol = 'base' | 'ext';

const protocolOf: Record<Subprotocol, Protocol> = {
  'actioncable-v1-json': 'base',
  'actioncable-v1-ext-json': 'ext',
  // @rails/actioncable offers it as a last resort and expects the base protocol.
  'actioncable-unsupported': 'base',
};

/** The first supported entry of the client's list; undefined when there is none (cable.md A.1). */
export const chooseProtocol = (offered: Iterable<string>): string | undefined =>
  [...offered].find((name) => Object.hasOwn(protocolOf, name));

/** A client that offered no supported sub-protocol gets the base protocol. */
export const toProtocol = (name: string): Protocol => own(protocolOf, name) ?? 'base';

/** The parts of a frame that the schemas state, with JSON text parsed and malformed optional parts left out. */
interface FrameParts {
  command: unknown;
  identifier: unknown;
  history: Required<HistoryRequest> | undefined;
  presence: PresenceMember | undefined;
  data: { action: unknown; return_records: boolean } | undefined;
}

/** A command whose `data` was parsed. */
export type Command = ClientCommand & Partial<FrameParts>;

/** By name, since a check of the union would try all commands one after the other. */
const commandSchemas = new Map<unknown, Validator>(
  Object.entries(clientCommands).map(([name, schema]) => [name, Compile(schema)]),
);
const memberSchema = Compile(PresenceMember);
const isCommand = (parts: FrameParts): parts is FrameParts & Command =>
  commandSchemas.get(parts.command)?.Check(parts) ?? false;

/**
 * Reads a frame of a client. Undefined for a malformed frame, which is ignored and never an error (cable.md A.2). Objects may also
 * be sent as JSON text: the Flutter client sends `data` as an object, the others as text (cable.md A.3).
 */
export function readCommand(text: string): Command | undefined {
  const frame = parseObject(text);
  if (!frame) return undefined;
  const { command, identifier } = frame;
  const parts: FrameParts = {
    command,
    identifier,
    history: readHistory(frame.history),
    presence: readMember(frame.presence),
    data: readData(frame.data),
  };
  return isCommand(parts) ? parts : undefined;
}

function readData(value: unknown): FrameParts['data'] {
  const data = parseObject(value);
  return data && { action: data.action, return_records: data.return_records !== false };
}

/** Undefined when neither `since` nor `streams` is given (cable.md D.3); `since` is 0 when only streams are. */
function readHistory(value: unknown): FrameParts['history'] {
  const request = parseObject(value);
  if (!request) return undefined;
  const streams = parseObject(request.streams);
  const since = Number(findText(request.since));
  const isSince = Number.isFinite(since) && since > 0;
  if (!isSince && !streams) return undefined;
  return { since: isSince ? since : 0, streams: readPositions(streams ?? {}) };
}

const readPositions = (streams: object): Record<string, StreamPosition> =>
  Object.fromEntries(Object.entries(streams).map(([id, value]) => [id, readPosition(value)]));

/** A malformed position becomes one that no log can answer, so that the client is told to fetch its state again. */
function readPosition(value: unknown): StreamPosition {
  const { offset, epoch } = parseObject(value) ?? {};
  return {
    offset: typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : -1,
    epoch: typeof epoch === 'string' ? epoch : '',
  };
}

function readMember(value: unknown): FrameParts['presence'] {
  const member = parseObject(value);
  if (!member || !memberSchema.Check(member)) return undefined;
  const { id, info = {} } = member;
  return JSON.stringify(info).length > PRESENCE_MEMBER.maxInfoLength ? undefined : { id, info };
}

/** The parameters in an identifier; undefined when it is not a JSON object. */
export const readIdentifier = (identifier: string) => parseObject(identifier);

function parseObject(value: unknown): Record<string, unknown> | undefined {
  if (value === undefined) return undefined;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return isObject(parsed) ? parsed : undefined;
}

/** Undefined for text that is not JSON, or nests so deep that printing it would overflow the stack. */
function parseJson(text: string): unknown {
  if (nestsDeeperThan(text, MAX_BODY_LEVELS)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
