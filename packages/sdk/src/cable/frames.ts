/** The words of the cable: `actioncable-v1-ext-json` and, with servers that know no better, `actioncable-v1-json`. */
import type { CableProtocol, ClientCommand, ServerFrame as Frame, StreamPositions } from '../wire.ts';

/** The first that the server knows is taken. Only the extended one names sessions (`sid`). */
export const PROTOCOLS: CableProtocol[] = ['actioncable-v1-ext-json', 'actioncable-v1-json'];

/** Where a subscription has come to in each of its streams, so that it can go on from there. */
export interface Positions {
  streams: StreamPositions;
}

/** One of a presence set. It names itself; `id` must be the only one of its kind in the set, `info` is for the others to read. */
export interface Member {
  id: string;
  info?: unknown;
}

export type Command =
  | ClientCommand
  | { command: 'join'; identifier: string; presence: Member }
  | { command: 'leave'; identifier: string }
  | { command: 'presence'; identifier: string; data: { return_records: true } };

/** Of a presence set; never recorded. */
export interface PresenceFrame {
  type: 'presence';
  identifier: string;
  message:
    | { type: 'info'; total: number; records?: Member[] }
    | { type: 'join'; id: string; info?: unknown }
    | { type: 'leave'; id: string }
    | { type: 'error' };
}

/** An event. `stream_id`, `epoch` and `offset` are absent when it is not recorded. */
export type DataFrame = Extract<Frame, { message: object }>;

export type ServerFrame = Exclude<Frame, DataFrame> | (DataFrame & { type?: undefined }) | PresenceFrame;

/** The answer to a command on a subscription. */
export interface SubscriptionReply {
  type: Extract<Frame, { type: string; identifier: string }>['type'];
  streams?: StreamPositions;
}

/** Undefined for anything that is no frame: a bad frame is dropped. */
export function toFrame(text: unknown): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    return typeof frame === 'object' && frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
