/** What followers have in common: whom they follow as, and how they record what they receive. */
import type { Entry, History, Position } from '../history.ts';
import { digestOf, isObject, numberOrNone, objectOf } from '../json.ts';

export type FollowerKind = 'rails' | 'anycable' | 'feed' | 'sdk' | 'chromium';

/** The person as whom a follower receives events. */
export interface Identity {
  name: string;
  role: 'customer' | 'agent';
  /** Parameters of the subscription (cable.md B.1). */
  params: Record<string, string | number>;
  /** Path of the person's API: of the session, or of the account. */
  path: string;
  headers: Record<string, string>;
}

export interface Follower {
  name: string;
  kind: FollowerKind;
  identity: Identity;
  /** Resolves when every later event reaches the follower. */
  ready: Promise<unknown>;
  close(): void | Promise<void>;
}

/** The parts of a run that followers use. */
export interface Surroundings {
  /** The address in front of all nodes. */
  base: string;
  history: History;
  /** Ends requests when the run is over. */
  signal: AbortSignal;
}

export const followerName = (kind: FollowerKind, { name }: Identity): string => `${kind} of ${name}`;

/** Typing and presence are not logged (cable.md D.2): nobody is owed them. */
const isLogged = (event: string): boolean => !/^(presence\.|conversation\.typing_)/.test(event);

/** Records one event as it came; returns without a record for an event that is not logged. */
export function recordEvent(
  history: History,
  follower: string,
  { event, data, position }: { event: unknown; data: unknown; position?: Position },
): void {
  const name = String(event);
  if (!isLogged(name)) return;
  const entry: Entry = {
    kind: 'event',
    follower,
    event: name,
    digest: digestOf(data),
    position,
    ...subjectOf(name, objectOf(data)),
    ...notesIn(data),
  };
  history.add(entry);
}

function subjectOf(event: string, data: Record<string, unknown>) {
  if (event === 'message.created' || event === 'message.updated')
    return {
      conversation: numberOrNone(data.conversation_id),
      message: numberOrNone(data.id),
      state: messageState(data),
    };
  if (/^conversation\.(created|updated|status_changed)$/.test(event))
    return { conversation: numberOrNone(data.id), state: String(data.status) };
  return {};
}

/** What must be equal in the last event of a message and in the stored message. */
export function messageState(message: Record<string, unknown>): string {
  const { deleted, submitted_values } = objectOf(message.content_attributes);
  return JSON.stringify([
    message.content ?? null,
    message.status,
    deleted === true,
    submitted_values ?? null,
  ]);
}

/** Texts of private notes anywhere in what came. */
export function notesIn(data: unknown): { notes?: string[] } {
  const notes = JSON.stringify(data)?.match(/note:[\w-]+:\d+/g);
  return notes ? { notes: [...new Set(notes)] } : {};
}

/** A position, when all of it is there. */
export function toPosition(stream: unknown, epoch: unknown, offset: unknown): Position | undefined {
  if (typeof stream !== 'string' || typeof epoch !== 'string' || typeof offset !== 'number') return undefined;
  return { stream, epoch, offset };
}

/** The heads of all streams of a person now, by their stream ids. */
export function toHeads(page: unknown): Map<string, number> {
  const heads = new Map<string, number>();
  for (const [stream, position] of Object.entries(objectOf(objectOf(page).streams))) {
    const offset = isObject(position) ? numberOrNone(position.offset) : undefined;
    if (offset !== undefined) heads.set(stream, offset);
  }
  return heads;
}
