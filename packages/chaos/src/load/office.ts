/** What the people of a run share: the installation's names and tokens, and the conversations that exist. */
import type { Random } from '../random.ts';
import type { Insisting } from './http.ts';

/** Names and tokens of a fresh installation. */
export interface Installation {
  account_id: number;
  inbox_id: number;
  inbox_identifier: string;
  administrator: AgentAccess;
  agent: AgentAccess;
}

export interface AgentAccess {
  user_id: number;
  access_token: string;
  pubsub_token: string;
}

export interface CustomerAccess {
  name: string;
  source_id: string;
  pubsub_token: string;
}

export interface KnownConversation {
  /** Display id. */
  id: number;
  customer: CustomerAccess;
  /** Times of the newest messages, in milliseconds: the server takes 200 a minute. */
  recent: number[];
  /** Acknowledged messages of agents. */
  replies: { id: number; user_id: number }[];
  /** Acknowledged messages with choices, which the customer answers. */
  forms: number[];
}

export interface Office {
  installation: Installation;
  conversations: KnownConversation[];
  insisting: Insisting;
  /** The time of faults has ended: people finish what they have begun. */
  isOver(): boolean;
}

/** Below the limit of the server, because retries may count as well. */
const mostPerMinute = 120;

/** One of the conversations that take another message now; undefined when there is none. */
export function pickConversation(
  office: Office,
  random: Random,
  fits: (conversation: KnownConversation) => boolean = () => true,
): KnownConversation | undefined {
  const since = performance.now() - 60_000;
  const open = office.conversations.filter((conversation) => {
    conversation.recent = conversation.recent.filter((time) => time > since);
    return conversation.recent.length < mostPerMinute && fits(conversation);
  });
  // Newer conversations more often, so that old ones rest and new ones fill.
  return open.length ? random.pick(random.chance(50) ? open.slice(-6) : open) : undefined;
}

/** Above the path of one session of a customer. */
export const sessionPath = ({ installation }: Pick<Office, 'installation'>, source_id: string): string =>
  `/public/api/v1/inboxes/${installation.inbox_identifier}/contacts/${source_id}`;

export const accountPath = ({ installation }: Pick<Office, 'installation'>): string =>
  `/api/v1/accounts/${installation.account_id}`;
