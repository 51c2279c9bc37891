/** The words of the cable: `actioncable-v1-ext-json` and, with servers that know no better, `actioncable-v1-json`. */
import type { CableProtocol, ClientCommand, ServerFrame as Frame, HistoryRequest } from '../wire.ts';

/** The first that the server knows is taken. Only the extended one names sessions (`sid`). */
export const PROTOCOLS: CableProtocol[] = ['actioncable-v1-ext-json', 'actioncable-v1-json'];

/** Where a subscription has come to, so that it can go on from there: per stream, and in time by the server's clock. */
export interface Positions extends HistoryRequest {
  streams: NonNullable<HistoryRequest['streams']>;
}

export type Command = ClientCommand;

/** An event. `stream_id`, `epoch` and `offset` are absent when it is not recorded. */
export type DataFrame = Extract<Frame, { message: object }>;

export type ServerFrame = Exclude<Frame, DataFrame> | (DataFrame & { type?: undefined });

export type SubscriptionReply = Extract<Frame, { type: string; identifier: string }>['type'];

/** Undefined for anything that is no frame: a bad frame is dropped. */
export function toFrame(text: unknown): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    return typeof frame === 'object' && frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
