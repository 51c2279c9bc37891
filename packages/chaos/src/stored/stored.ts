/** What is stored in the end: as the database has it, and as the API tells it. Plain data, which the checker judges. */

export interface StoredMessage {
  id: number;
  /** Display id. */
  conversation: number;
  content: string | null;
  /** JSON text of the `echo_id`, or null. */
  echo: string | null;
  /** 0 incoming, 1 outgoing, 2 activity, 3 template. */
  type: number;
  isPrivate: boolean;
  status: string;
  /** JSON text. */
  attributes: string;
  createdAtMs: number;
}

export interface StoredConversation {
  /** Display id. */
  id: number;
  status: string;
  assignee_id: number | null;
  /** JSON text. */
  custom_attributes: string;
  agentLastSeenAtMs: number | null;
  source_id: string;
}

export interface Database {
  messages: StoredMessage[];
  conversations: StoredConversation[];
  /** `source_id` of every session. */
  sessions: string[];
  /** Unread notifications by user. */
  unreadNotifications: Map<number, number>;
  /** Logged events of each stream that are missing between the first and the last. */
  logGaps: { stream: string; missing: number }[];
}

export interface ToldConversation {
  id: number;
  status: string;
  unread_count: number;
  /** Ids in the order of the answer. */
  messages: number[];
}

export interface ToldByApi {
  /** By agents' API. */
  conversations: ToldConversation[];
  /** Conversations with the ids of their messages, by `source_id`, as the customers' API lists them. */
  customers: Map<string, { id: number; messages: number[]; notes?: string[] }[]>;
  /** Counters by their names. */
  counters: Map<string, number>;
}

export interface Stored {
  database: Database;
  api: ToldByApi;
}
