/** The words of the cable: `actioncable-v1-ext-json` and, with servers that know no better, `actioncable-v1-json`. */

/** The first that the server knows is taken. Only the extended one names sessions (`sid`). */
export const PROTOCOLS = ['actioncable-v1-ext-json', 'actioncable-v1-json'];

/** A place in a stream of recorded events (cable.md section D.2). */
export interface Position {
  offset: number;
  epoch: string;
}

/** Where a subscription has come to, so that it can go on from there: per stream, and in time. */
export interface Positions {
  streams: Record<string, Position>;
  /** Unix seconds by the server's clock. */
  since?: number;
}

export interface DataFrame {
  identifier: string;
  message: { event: string; data: unknown };
  /** All three absent when the event is not recorded. */
  stream_id?: string;
  epoch?: string;
  offset?: number;
}

export type ServerFrame =
  | { type: 'welcome'; sid?: string; restored?: boolean; restored_ids?: string[] }
  | { type: 'ping'; message: number }
  | { type: 'disconnect'; reason?: string; reconnect?: boolean }
  | { type: SubscriptionReply; identifier: string }
  | ({ type?: undefined } & DataFrame);

export type SubscriptionReply =
  | 'confirm_subscription'
  | 'reject_subscription'
  | 'confirm_history'
  | 'reject_history';

export type Command =
  | { command: 'subscribe'; identifier: string; history?: Positions }
  | { command: 'unsubscribe'; identifier: string }
  | { command: 'history'; identifier: string; history: Positions }
  | { command: 'message'; identifier: string; data: string };

/** Undefined for anything that is no frame: a bad frame is dropped. */
export function toFrame(text: unknown): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    return typeof frame === 'object' && frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
