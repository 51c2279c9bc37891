/** Frames of the cable: `actioncable-v1-ext-json` and, with servers that know no better, `actioncable-v1-json`. */
import type { ControlFrame, DataFrame, StreamPositions, Subprotocol } from '../wire.ts';

/** The server takes the first that it knows. Only the extended one names sessions (`sid`). */
export const SUBPROTOCOLS: Subprotocol[] = ['actioncable-v1-ext-json', 'actioncable-v1-json'];

/** Where a subscription stands in each of its streams, so that a later one can go on from there. */
export interface Positions {
  /** By opaque stream id. */
  streams: StreamPositions;
}

/** A frame of the server; an event is the one without a type. */
export type Frame = ControlFrame | (DataFrame & { type?: undefined });

/** The answer to a command on a subscription. */
export type SubscriptionReply = Exclude<
  Extract<ControlFrame, { identifier: string }>,
  { type: 'presence' }
> & { streams?: StreamPositions };

/** Undefined for anything that is no frame: a bad frame is dropped. The server is trusted with the rest of the shape. */
export function toFrame(text: unknown): Frame | undefined {
  try {
    const frame: Frame | null = JSON.parse(String(text));
    return typeof frame === 'object' && frame ? frame : undefined;
  } catch {
    return undefined;
  }
}
