/** Frames of the cable in both sub-protocols: `actioncable-v1-ext-json` and `actioncable-v1-json` (cable.md parts A and D). */
import type { ControlFrame, DataFrame, StreamPositions, Subprotocol } from '../wire.ts';

/** In order of preference. Only the extended protocol names sessions (`sid`). */
export const SUBPROTOCOLS: Subprotocol[] = ['actioncable-v1-ext-json', 'actioncable-v1-json'];

/** The last event of each stream of a subscription. A later subscription can resume from it. */
export interface Positions {
  /** By opaque stream id. */
  streams: StreamPositions;
}

/** A frame of the server. Only events have no type. */
export type Frame = ControlFrame | (DataFrame & { type?: undefined });

/** The answer to a command on a subscription. */
export type SubscriptionReply = Exclude<
  Extract<ControlFrame, { identifier: string }>,
  { type: 'presence' }
> & { streams?: StreamPositions };

/** The frame in a message of the socket; undefined when it is not a JSON object, and then the message is dropped. */
export function toFrame(text: unknown): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    return isFrame(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** Checks only that `value` is an object: the server is trusted to send the fields of the contract. */
function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null;
}
