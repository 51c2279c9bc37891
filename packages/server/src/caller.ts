/** The caller of a request, as authentication loaded it. Rules of the nouns decide what that caller may do. */
import type { Auth } from '@hoory/contract';
import type {
  AccountRow,
  AgentBotRow,
  ContactInboxRow,
  ContactRow,
  ConversationRow,
  InboxRow,
  UserRow,
} from './db/tables.ts';

/** The columns of an inbox that verbs of its sessions need. */
export type SessionInbox = Pick<
  InboxRow,
  | 'id'
  | 'account_id'
  | 'identifier'
  | 'identity_policy'
  | 'hmac_token'
  | 'previous_hmac_token'
  | 'previous_hmac_token_until'
  | 'additional_attributes'
  | 'agent_bot_id'
  | 'lock_to_single_conversation'
>;

/** A contact session; `contact` and `inbox` are its own. */
export interface SessionCaller {
  kind: 'session';
  inbox: SessionInbox;
  session: ContactInboxRow;
  contact: ContactRow;
  /** The conversation that the path names, as authentication loaded it; whether it belongs to the session is not checked yet. */
  conversation?: ConversationOwner;
}

/** A conversation with its contact and session. */
export type ConversationOwner = Pick<ConversationRow, 'id' | 'contact_id' | 'contact_inbox_id'>;

/** A signed-in user, by access token or sign-in headers. */
export interface UserCaller {
  kind: 'user';
  user: UserRow;
  /** Set when the request came with sign-in headers: which sign-in it was, and the headers its answer repeats. */
  signIn: { id: number; headers: Record<string, string> } | undefined;
}

/** A user in an account. */
export interface AgentCaller extends Omit<UserCaller, 'kind'> {
  kind: 'agent';
  account: AccountRow;
  role: 'administrator' | 'agent';
}

/** An agent bot in its account, by its access token; only endpoints with `bot` admit it (application-api.md section 2.1). */
export interface BotCaller {
  kind: 'bot';
  bot: AgentBotRow;
  account: AccountRow;
}

/** A caller in an account: an agent, or a bot where the endpoint admits bots. */
export type AccountCaller = AgentCaller | BotCaller;

export interface AnonymousCaller {
  kind: 'anonymous';
}

export type Caller = SessionCaller | UserCaller | AccountCaller | AnonymousCaller;

/** The type of caller that a verb gets, by `auth` and `bot` of its endpoint. */
export type CallerOf<E extends { auth: Auth; bot?: true }> = E['auth'] extends 'session'
  ? SessionCaller
  : E['auth'] extends 'user'
    ? UserCaller
    : E['auth'] extends 'agent' | 'administrator'
      ? E extends { bot: true }
        ? AccountCaller
        : AgentCaller
      : AnonymousCaller;
