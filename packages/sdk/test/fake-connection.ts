/** A connection without a socket, which records what a subscription sends, and builders of the server's frames. */
import { vi } from 'vitest';
import type { Frame } from '../src/cable/frames.ts';
import { type CreateMembers, Members } from '../src/cable/members.ts';
import type { SubscriptionConnection, SubscriptionOwner } from '../src/cable/subscription.ts';
import { defaultTimeouts } from '../src/timeouts.ts';
import type { ClientCommand, StreamPosition, StreamPositions } from '../src/wire.ts';

export class FakeConnection implements SubscriptionConnection, SubscriptionOwner {
  isUp = true;
  isExtended = true;
  failures = 0;
  readonly timeouts = { ...defaultTimeouts, retry: { minMs: 1, maxMs: 1 } };
  readonly sent: ClientCommand[] = [];
  readonly send = (command: ClientCommand) => void this.sent.push(command);
  readonly dialNow = async () => {};
  readonly createMembers: CreateMembers = (...parts) => new Members(...parts);
  readonly renamed = vi.fn();
  readonly closed = vi.fn();
}

export const params = { channel: 'RoomChannel' };
export const identifier = JSON.stringify(params);

export const position = (offset: number, epoch = 'e'): StreamPosition => ({ offset, epoch });

export const messageCreated = (id: number) => ({
  event: 'message.created',
  data: { id, updated_at: `${id}` },
});

/** A logged `message.created` as a data frame. */
export const messageFrame = (id: number, stream_id: string, offset: number): Frame => ({
  identifier,
  message: messageCreated(id),
  stream_id,
  epoch: 'e',
  offset,
});

type Answer = 'confirm_subscription' | 'reject_subscription' | 'confirm_history' | 'reject_history';

/** The server's answer to a command. */
export const answerFrame = (type: Answer, streams?: StreamPositions): Frame => ({
  type,
  identifier,
  ...(streams && { streams }),
});
