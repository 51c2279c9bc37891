/**
 * The wire as the SDK speaks it: the contract's types, and only types: the schemas stay on the server. Beside
 * `text.ts` the one file that names the contract; the built declarations have it written out, so that nobody needs the contract installed.
 */
import type {
  AgentEventData,
  AgentEventName,
  agentApi,
  ContactEventData,
  ContactEventName,
  ErrorCode as ContractErrorCode,
  clientApi,
  Input,
  Output,
} from '@hoory/contract';

export type {
  Account,
  Agent,
  AgentBot,
  AgentConversation,
  AgentMessage,
  Attachment,
  Availability,
  CacheKeys,
  CannedResponse,
  ClientCommand,
  Contact,
  ContactInbox,
  ContactRecord,
  ContactSession,
  ContentType,
  ControlFrame,
  Conversation as ConversationRecord,
  ConversationChanged,
  ConversationStatus,
  CsatSurvey,
  CustomAttributeDefinition,
  DataFrame,
  EventAgentBot,
  EventContact,
  EventConversation,
  EventMessage,
  EventPage,
  EventUser,
  IdentityPolicy,
  Inbox,
  InboxRow,
  Label,
  LoggedEvent,
  Message,
  MessageCreated,
  MessageStatus,
  MessageUpdated,
  Notification,
  PresenceFrame,
  PresenceMember,
  Priority,
  PublicInbox,
  Role,
  RoomIdentifier,
  Sender,
  ShortInbox,
  StreamPosition,
  StreamPositions,
  SubmittedValues,
  Subprotocol,
  Team,
  TeamRow,
  Typing,
  UnverifiedClaims,
  User,
  UserAccount,
  Webhook,
  WorkingHours,
} from '@hoory/contract';

/** Events that a customer gets, by name (cable.md section C.4). */
export type ContactEvents = { [Name in ContactEventName]: ContactEventData<Name> };

/** Events that an agent gets, by name (cable.md section C.4). */
export type AgentEvents = { [Name in AgentEventName]: AgentEventData<Name> };

type AgentApi = typeof agentApi;

/** Every endpoint of the agent API by method and path: what it reads, in one object, and what it answers with. */
export type AgentEndpoints = {
  [Name in keyof AgentApi as `${AgentApi[Name]['method']} ${AgentApi[Name]['path']}`]: {
    input: Input<AgentApi[Name]> & object;
    output: Output<AgentApi[Name]>;
  };
};

type ContractClientApi = typeof clientApi;

/** Method and path of every endpoint of the Client API. */
export type ClientRoutes = {
  [Name in keyof ContractClientApi]: readonly [
    ContractClientApi[Name]['method'],
    ContractClientApi[Name]['path'],
  ];
};

/** Codes of refusals. The two codes of the contract that the wire cannot tell apart are `unauthorized` here. */
export type RefusalCode = Exclude<ContractErrorCode, 'unauthenticated' | 'not_authorized'>;
