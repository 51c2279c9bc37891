/** The rows of all tables. Printed from the migrations by `npm run docs`; see `scripts/tables.mjs`. */
import type {
  Account,
  AttributeDisplayType,
  AttributeModel,
  Availability,
  ContactRecord,
  ContentType,
  ConversationStatus,
  DeliveryStatus,
  FilterType,
  IdentityPolicy,
  MessageStatus,
  MessageType,
  NotificationSubscription,
  NotificationType,
  Priority,
  Role,
  SenderNameType,
  SenderType,
} from '@hoory/contract';

/** JSON as text: `free-form.ts` reads and writes the objects of clients. */
export type Json = string;

/** 0 or 1. */
export type Flag = number;

/** Settings and secrets that the installation has generated for itself, by name. */
export interface InstallationRow {
  name: string;
  value: string;
}

/** The last id of each table: SQLite has no sequences. */
export interface SequenceRow {
  name: string;
  value: number;
}

/** A company; everything below belongs to one. `last_display_id` counts its conversations; `cache_keys` holds, for each list that clients cache, when it last changed. */
export interface AccountRow {
  id: number;
  name: string;
  locale: string;
  domain: string | null;
  support_email: string | null;
  status: Account['status'];
  settings: Json;
  custom_attributes: Json;
  last_display_id: number;
  created_at: number;
  updated_at: number;
  cache_keys: Json;
}

/** A person who signs in. Tokens are stored as they are, since the wire shows them again; the password is stored as a hash. */
export interface UserRow {
  id: number;
  name: string;
  display_name: string | null;
  email: string;
  password_hash: string | null;
  access_token: string;
  pubsub_token: string;
  message_signature: string | null;
  avatar_url: string | null;
  ui_settings: Json;
  custom_attributes: Json;
  confirmed: Flag;
  created_at: number;
  updated_at: number;
}

/** A user in an account, with role and availability. */
export interface AccountUserRow {
  account_id: number;
  user_id: number;
  role: Role;
  availability: Availability;
  auto_offline: Flag;
  inviter_id: number | null;
  active_at: number | null;
  created_at: number;
}

/** A signed-in client of a user; its token is stored as a hash. */
export interface SignInRow {
  id: number;
  user_id: number;
  client: string;
  token_hash: string;
  expires_at: number;
  created_at: number;
}

/** Links with which a user sets a password or confirms an e-mail address, as hashes. */
export interface UserTokenRow {
  token_hash: string;
  user_id: number;
  /** The address that the link confirms; such a link sets no password. */
  email: string | null;
  expires_at: number;
  created_at: number;
}

/** Devices and browsers of a user that receive push notifications. */
export interface NotificationSubscriptionRow {
  id: number;
  user_id: number;
  subscription_type: NotificationSubscription['subscription_type'];
  identifier: string;
  push_token: string | null;
  subscription_attributes: Json;
  created_at: number;
  updated_at: number;
}

/** A team of agents, to which conversations can be assigned. */
export interface TeamRow {
  id: number;
  account_id: number;
  name: string;
  description: string | null;
  allow_auto_assign: Flag;
  created_at: number;
  updated_at: number;
}

/** Users in a team. */
export interface TeamMemberRow {
  team_id: number;
  user_id: number;
  created_at: number;
}

/** Labels that an account has defined. `conversation_labels` and `contact_labels` hold their titles. */
export interface LabelRow {
  id: number;
  account_id: number;
  title: string;
  description: string | null;
  color: string;
  show_on_sidebar: Flag | null;
  created_at: number;
  updated_at: number;
}

/** Renames and deletions of labels that conversations and contacts have yet to follow, in the order of their ids. */
export interface LabelChangeRow {
  id: number;
  account_id: number;
  title: string;
  /** Null when the label was deleted. */
  new_title: string | null;
  created_at: number;
}

/** Accounts whose conversations and contacts may carry labels in a spelling of an older version (labels/label-titles.ts). */
export interface LabelSpellingDueRow {
  account_id: number;
}

/** Prepared texts that agents insert by their short code. */
export interface CannedResponseRow {
  id: number;
  account_id: number;
  short_code: string;
  content: string;
  created_at: number;
  updated_at: number;
}

/** Filters that a user has saved in an account. */
export interface CustomFilterRow {
  id: number;
  account_id: number;
  user_id: number;
  name: string;
  filter_type: FilterType;
  query: Json;
  created_at: number;
  updated_at: number;
}

/** Custom attributes of contacts and conversations, with their types. */
export interface CustomAttributeDefinitionRow {
  id: number;
  account_id: number;
  attribute_model: AttributeModel;
  attribute_key: string;
  attribute_display_name: string;
  attribute_display_type: AttributeDisplayType;
  attribute_description: string | null;
  attribute_values: Json;
  regex_pattern: string | null;
  regex_cue: string | null;
  default_value: string | null;
  created_at: number;
  updated_at: number;
}

/** Programs that receive events of conversations and answer through the agent API. */
export interface AgentBotRow {
  id: number;
  account_id: number;
  name: string;
  description: string | null;
  outgoing_url: string | null;
  bot_config: Json;
  avatar_url: string | null;
  access_token: string;
  secret: string;
  created_at: number;
  updated_at: number;
}

/** Where conversations arrive: settings, the public `identifier`, and the secrets of its API channel. */
export interface InboxRow {
  id: number;
  account_id: number;
  name: string;
  identifier: string;
  webhook_url: string | null;
  hmac_token: string;
  previous_hmac_token: string | null;
  previous_hmac_token_until: number | null;
  secret: string;
  identity_policy: IdentityPolicy;
  additional_attributes: Json;
  avatar_url: string | null;
  greeting_enabled: Flag;
  greeting_message: string | null;
  working_hours_enabled: Flag;
  working_hours: Json;
  out_of_office_message: string | null;
  timezone: string;
  enable_email_collect: Flag;
  enable_auto_assignment: Flag;
  auto_assignment_config: Json;
  csat_survey_enabled: Flag;
  csat_config: Json;
  allow_messages_after_resolved: Flag;
  lock_to_single_conversation: Flag;
  sender_name_type: SenderNameType;
  business_name: string | null;
  allowed_origins: Json;
  agent_bot_id: number | null;
  created_at: number;
  updated_at: number;
}

/** Users who work in an inbox. */
export interface InboxMemberRow {
  inbox_id: number;
  user_id: number;
  created_at: number;
}

/** Inboxes that have lost their bot, and whose pending conversations have yet to open for agents. */
export interface BotHandoffRow {
  inbox_id: number;
  account_id: number;
  created_at: number;
}

/** A person known to an account. `search_text`, the `*_key` columns and `folded_texts` are folded copies for search, sorting and filters. */
export interface ContactRow {
  id: number;
  account_id: number;
  name: string;
  middle_name: string;
  last_name: string;
  email: string | null;
  phone_number: string | null;
  identifier: string | null;
  contact_type: ContactRecord['contact_type'];
  location: string | null;
  country_code: string | null;
  blocked: Flag;
  additional_attributes: Json;
  custom_attributes: Json;
  avatar_url: string | null;
  last_activity_at: number | null;
  created_at: number;
  updated_at: number;
}

/** A session: one contact in one inbox. `source_id` names it, `pubsub_token` opens its socket. */
export interface ContactInboxRow {
  id: number;
  account_id: number;
  contact_id: number;
  inbox_id: number;
  source_id: string;
  pubsub_token: string;
  hmac_verified: Flag;
  claims: Json;
  created_at: number;
  updated_at: number;
}

/** Labels of a contact. */
export interface ContactLabelRow {
  contact_id: number;
  label: string;
  account_id: number;
}

/** Notes of agents about a contact. */
export interface NoteRow {
  id: number;
  account_id: number;
  contact_id: number;
  user_id: number | null;
  content: string;
  created_at: number;
  updated_at: number;
}

/** Addresses of pictures that contacts get, until the pictures are fetched. */
export interface AvatarWishRow {
  contact_id: number;
  account_id: number;
  url: string;
  /** 1: replaces the current picture; 0: only when there is none. */
  replaces: Flag;
}

/** A conversation between a session and the agents. `display_id` is its number on the wire, counted in the account. */
export interface ConversationRow {
  id: number;
  account_id: number;
  display_id: number;
  uuid: string;
  inbox_id: number;
  contact_id: number;
  contact_inbox_id: number;
  status: ConversationStatus;
  priority: Priority | null;
  assignee_id: number | null;
  assignee_agent_bot_id: number | null;
  team_id: number | null;
  labels: string;
  snoozed_until: number | null;
  waiting_since: number | null;
  first_reply_created_at: number | null;
  last_activity_at: number;
  contact_last_seen_at: number | null;
  agent_last_seen_at: number | null;
  assignee_last_seen_at: number | null;
  additional_attributes: Json;
  custom_attributes: Json;
  /** The columns up to `last_incoming_at` are kept by the message path, so that lists and events need no count and no search. */
  unread_count: number;
  last_message_id: number | null;
  last_non_activity_message_id: number | null;
  last_public_message_id: number | null;
  has_outgoing: Flag;
  has_template: Flag;
  has_csat: Flag;
  last_template_at: number | null;
  last_agent_message_at: number | null;
  last_incoming_at: number | null;
  created_at: number;
  updated_at: number;
  message_count: number;
}

/** Labels of a conversation; `conversations.labels` holds the same as JSON. */
export interface ConversationLabelRow {
  conversation_id: number;
  label: string;
  account_id: number;
}

/** Users who follow a conversation. */
export interface ConversationParticipantRow {
  conversation_id: number;
  user_id: number;
  account_id: number;
  created_at: number;
}

/** Texts that an agent has written and not sent. */
export interface ConversationDraftRow {
  conversation_id: number;
  user_id: number;
  message: string;
  updated_at: number;
}

/** Users who are mentioned in a conversation. */
export interface MentionRow {
  conversation_id: number;
  user_id: number;
  account_id: number;
  mentioned_at: number;
}

/** Open conversations that wait for an agent. Each inbox, and each of its teams, has a queue of its own; team 0 is none. */
export interface AssignmentQueueRow {
  conversation_id: number;
  created_at: number;
  inbox_id: number;
  team_id: number;
}

/** Round robin: `scope` is an inbox or a team. User 0 counts the turns of the scope, every other row holds the last turn of a user. */
export interface AssignmentTurnRow {
  scope: string;
  user_id: number;
  turn: number;
}

/** An entry of a conversation: incoming (0), outgoing (1), activity (2) or template (3). */
export interface MessageRow {
  id: number;
  account_id: number;
  inbox_id: number;
  conversation_id: number;
  message_type: MessageType;
  content: string | null;
  content_type: ContentType;
  content_attributes: Json;
  additional_attributes: Json;
  private: Flag;
  status: MessageStatus;
  source_id: string | null;
  sender_type: SenderType | null;
  sender_id: number | null;
  /** `echo_id` as JSON text, which keeps its type; `echo_key` is `<sender>:<its string form>`. */
  echo_id: Json | null;
  echo_key: string | null;
  request_hash: string | null;
  created_at: number;
  updated_at: number;
}

/** Files, places and links of a message. */
export interface AttachmentRow {
  id: number;
  message_id: number;
  account_id: number;
  file_type: 'image' | 'audio' | 'video' | 'file';
  /** Key in the file store; null for a place or a link. */
  file_key: string | null;
  thumb_key: string | null;
  file_name: string | null;
  content_type: string | null;
  extension: string | null;
  file_size: number | null;
  width: number | null;
  height: number | null;
  fallback_title: string | null;
  coordinates_lat: number | null;
  coordinates_long: number | null;
  external_url: string | null;
  meta: Json;
  created_at: number;
  conversation_id: number | null;
}

/** Answers to satisfaction surveys, one for each survey message. */
export interface CsatSurveyResponseRow {
  id: number;
  account_id: number;
  conversation_id: number;
  message_id: number;
  contact_id: number;
  assigned_agent_id: number | null;
  rating: number;
  feedback_message: string | null;
  created_at: number;
  updated_at: number;
}

/** Stored files outside of messages: pictures of contacts, users and inboxes, and uploads of agents. */
export interface BlobRow {
  id: number;
  account_id: number | null;
  /** The record whose picture it is, `contact:<id>`; null for an upload. */
  owner: string | null;
  file_key: string;
  file_name: string;
  content_type: string;
  file_size: number;
  created_at: number;
}

/** Blocks of 4096 ids whose rows are in the index of the search (db/search). `noun` is 1 for messages, 2 for contacts. */
export interface SearchBlockRow {
  noun: number;
  block: number;
  ready: Flag;
  claimed_at: number;
}

/** The index: for each gram of a block and an account, the positions of the rows that contain it. */
export interface SearchGramRow {
  noun: number;
  block: number;
  account_id: number;
  gram: string;
  places: string;
}

/** Rows of indexed blocks that have changed since, kept by triggers; the search reads these rows themselves. */
export interface SearchChangeRow {
  noun: number;
  id: number;
  account_id: number;
  changed_at: number;
}

/** A stream of events for one audience: a session, an inbox, an account, a user. Its row is locked to append. */
export interface StreamRow {
  id: number;
  name: string;
  last_offset: number;
  /** Entries up to this offset are pruned; a position below it cannot be answered. */
  pruned_offset: number;
  last_entry_id: number;
  pruned_at: number;
}

/** An event with its payload, stored once for all its streams. */
export interface EventRow {
  id: number;
  event: string;
  /** Number of entries of this event; it is deleted with the last of them. */
  entries: number;
  created_at: number;
  payload: string;
  pack_id: number | null;
}

/** An event in a stream. An entry holds the id of the one before it, and only each 64th entry is indexed, so that busy streams do not touch an index page for each event. */
export interface StreamEntryRow {
  id: number;
  stream_id: number;
  stream_offset: number;
  /** The entry before it in its stream, 0 for the first. */
  previous_id: number;
  event_id: number;
}

/** The stored response of each `Idempotency-Key`, sealed with the key, of which only a hash is stored. */
export interface ReceiptRow {
  caller: string;
  route: string;
  key_hash: string;
  request_hash: string;
  /** Sealed with the key. */
  answer: string;
  created_at: number;
  headers: Json | null;
}

/** Webhooks of an account. */
export interface WebhookRow {
  id: number;
  account_id: number;
  inbox_id: number | null;
  name: string | null;
  url: string;
  subscriptions: Json;
  secret: string;
  created_at: number;
  updated_at: number;
}

/** The state of each receiver of deliveries: the webhook of an inbox, a webhook of the account, or a bot. */
export interface WebhookEndpointRow {
  endpoint: string;
  account_id: number;
  /** Failed attempts in a row. */
  failures: number;
  resting_until: number | null;
  /** The address that answered 410 Gone; another address is tried again. */
  disabled_url: string | null;
  last_success_at: number | null;
  last_failure_at: number | null;
  last_error: string | null;
}

/** An event for one endpoint: pending until it is sent, then an entry of the delivery log. */
export interface WebhookDeliveryRow {
  id: number;
  delivery_id: string;
  account_id: number;
  /** `inbox:<id>`, `webhook:<id>` or `bot:<id>` */
  endpoint: string;
  event: string;
  /** The queue of the delivery; null for deliveries without an order. */
  conversation_id: number | null;
  display_id: number | null;
  message_id: number | null;
  /** The status of the message before it was marked failed because of this delivery. */
  message_status: MessageStatus | null;
  contact_id: number | null;
  /** Empty once the contact was erased. */
  payload: string;
  /** `waiting` behind another of its queue, `pending` at `next_attempt_at`, `delivered`, `failed` */
  status: DeliveryStatus;
  /** Sent once and soon, or not at all. */
  is_transient: Flag;
  attempts: number;
  /** Of pending deliveries only. While the delivery is claimed: the end of the claim. */
  next_attempt_at: number | null;
  claim: string | null;
  last_attempt_at: number | null;
  settled_at: number | null;
  response_status: number | null;
  response_body: string | null;
  error: string | null;
  created_at: number;
  pack_id: number | null;
}

/** E-mails that the mail server has not accepted yet, sealed with the secret of the installation. */
export interface LetterRow {
  id: string;
  sealed: string;
  /** The contact whom the e-mail quotes; it is deleted with the contact. */
  contact_id: number | null;
  attempts: number;
  next_attempt_at: number;
  created_at: number;
}

/** Which notifications a user gets by e-mail and by push, in an account. */
export interface NotificationSettingsRow {
  account_id: number;
  user_id: number;
  email_flags: Json;
  push_flags: Json;
}

/** A notification of a user about a conversation. `inbox_id` and `team_id` are copies from the conversation; team 0 is none. */
export interface NotificationRow {
  id: number;
  account_id: number;
  user_id: number;
  notification_type: NotificationType;
  conversation_id: number;
  secondary_actor_type: 'Message' | 'User' | null;
  secondary_actor_id: number | null;
  read_at: number | null;
  snoozed_until: number | null;
  last_activity_at: number;
  meta: Json;
  created_at: number;
  updated_at: number;
  inbox_id: number;
  team_id: number;
}

/** The number of notifications of a user by inbox, team and state, kept by triggers. */
export interface NotificationCountRow {
  account_id: number;
  user_id: number;
  inbox_id: number;
  team_id: number;
  is_read: Flag;
  is_snoozed: Flag;
  count: number;
}

/** Durations that reports are computed from, written in the transaction of the message that ended them. */
export interface ReportEventRow {
  id: number;
  account_id: number;
  name: string;
  /** Seconds. */
  value: number;
  /** Seconds within the working hours that the inbox had at the end. */
  value_in_business_hours: number;
  conversation_id: number;
  inbox_id: number;
  user_id: number | null;
  created_at: number;
}

/** The number of contacts of an account who said who they are, kept by triggers: the list of contacts shows it. */
export interface ContactCountRow {
  account_id: number;
  count: number;
}

/** What the records of a scope count in a slot of time. Reports add up facts, and read records only at the two edges of a span that lie within a slot. Triggers keep the facts in the transaction of each change; messages/store-report-facts.ts adds the messages of a batch. Days are days of UTC; quarters of an hour make up the days of any time zone. */
export interface ReportFactRow {
  account_id: number;
  /** `account`, `inbox:<id>`, `agent:<id>`, `team:<id>`, `label:<title>`; `long`: conversations of more than 200 messages. */
  scope: string;
  /** The length of the slot, a quarter of an hour or a day; `slot` counts slots since 1970. The scope `long` has no days: most of its conversations would write two rows for each message. */
  slot_ms: number;
  slot: number;
  /** Of the scope `long`; 0 in the others. */
  conversation_id: number;
  conversations: number;
  incoming_messages: number;
  outgoing_messages: number;
  first_responses: number;
  /** Sums of durations in seconds, in clock time and in business hours. */
  first_response_time: number;
  first_response_business_time: number;
  replies: number;
  reply_time: number;
  reply_business_time: number;
  resolutions: number;
  resolution_time: number;
  resolution_business_time: number;
  bot_resolutions: number;
  bot_handoffs: number;
  surveys: number;
  rating_1: number;
  rating_2: number;
  rating_3: number;
  rating_4: number;
  rating_5: number;
}

/** The number of conversations by status, inbox, assignee, team and whether they are open and unattended, kept by triggers; 0 is nobody and no team. */
export interface ConversationCountRow {
  account_id: number;
  status: string;
  inbox_id: number;
  assignee_id: number;
  team_id: number;
  is_unattended: Flag;
  count: number;
}

/** Payloads of older events and deliveries, which repeat each other: many of them in one compressed text (db/packs.ts). A row whose payload is in a pack has an empty one. */
export interface PackRow {
  id: number;
  /** The table of its rows. */
  noun: string;
  /** The greatest id of its rows. */
  last_id: number;
  /** How many rows are left; the pack is deleted with the last of them. */
  row_count: number;
  texts: Buffer;
}

/** Server processes that run on this database (nodes/nodes.ts); empty on SQLite, which has one. A row that its process has not renewed for a while belongs to a dead one, and is deleted by the others. */
export interface NodeRow {
  id: string;
  /** Host name and port. */
  name: string;
  version: string;
  started_at: number;
  /** Milliseconds of the database's clock, as all nodes share that one. */
  seen_at: number;
  /** Open sockets of /cable. */
  sockets: number;
  /** Hashes of the settings that must agree, by name. */
  settings: Json;
}

/** Rights that one process has at a time (nodes/leases.ts). 'background' is the right to do the scheduled work. Not used on SQLite. */
export interface LeaseRow {
  name: string;
  /** The row in nodes of the process that has the right; null for none. */
  node_id: string | null;
  /** Milliseconds of the database's clock. From then on any process may take the right over. */
  expires_at: number;
  /** Grows each time that another process takes the right over. */
  term: number;
}

/** The newest archives that `hoory backup` has written, so that `hoory doctor` and /metrics know how old the last one is (backup/store.ts). A row says that the archive was complete, not that its file is still there. */
export interface BackupRow {
  id: number;
  /** Host name of the machine that wrote it. */
  host: string;
  file: string;
  size: number;
  is_encrypted: Flag;
  /** Files that rows name and that the store did not have. */
  missing_files: number;
  /** The time of the contents: when the copy of the database began. */
  created_at: number;
  finished_at: number;
}

/** Columns of `contacts` that are folded copies of its others; null until the server has folded an older row. */
export interface FoldedContactColumns {
  search_text: string | null;
  name_key: string | null;
  folded_texts: Json | null;
  company_key: string | null;
  city_key: string | null;
  country_key: string | null;
}

/** Columns of `conversations` that are folded copies of its others; null until the server has folded an older row. */
export interface FoldedConversationColumns {
  folded_texts: Json | null;
}

export interface Tables {
  installation: InstallationRow;
  sequences: SequenceRow;
  accounts: AccountRow;
  users: UserRow;
  account_users: AccountUserRow;
  sign_ins: SignInRow;
  user_tokens: UserTokenRow;
  notification_subscriptions: NotificationSubscriptionRow;
  teams: TeamRow;
  team_members: TeamMemberRow;
  labels: LabelRow;
  label_changes: LabelChangeRow;
  label_spellings_due: LabelSpellingDueRow;
  canned_responses: CannedResponseRow;
  custom_filters: CustomFilterRow;
  custom_attribute_definitions: CustomAttributeDefinitionRow;
  agent_bots: AgentBotRow;
  inboxes: InboxRow;
  inbox_members: InboxMemberRow;
  bot_handoffs: BotHandoffRow;
  contacts: ContactRow & FoldedContactColumns;
  contact_inboxes: ContactInboxRow;
  contact_labels: ContactLabelRow;
  notes: NoteRow;
  avatar_wishes: AvatarWishRow;
  conversations: ConversationRow & FoldedConversationColumns;
  conversation_labels: ConversationLabelRow;
  conversation_participants: ConversationParticipantRow;
  conversation_drafts: ConversationDraftRow;
  mentions: MentionRow;
  assignment_queue: AssignmentQueueRow;
  assignment_turns: AssignmentTurnRow;
  messages: MessageRow;
  attachments: AttachmentRow;
  csat_survey_responses: CsatSurveyResponseRow;
  blobs: BlobRow;
  search_blocks: SearchBlockRow;
  search_grams: SearchGramRow;
  search_changes: SearchChangeRow;
  streams: StreamRow;
  events: EventRow;
  stream_entries: StreamEntryRow;
  receipts: ReceiptRow;
  webhooks: WebhookRow;
  webhook_endpoints: WebhookEndpointRow;
  webhook_deliveries: WebhookDeliveryRow;
  letters: LetterRow;
  notification_settings: NotificationSettingsRow;
  notifications: NotificationRow;
  notification_counts: NotificationCountRow;
  report_events: ReportEventRow;
  contact_counts: ContactCountRow;
  report_facts: ReportFactRow;
  conversation_counts: ConversationCountRow;
  packs: PackRow;
  nodes: NodeRow;
  leases: LeaseRow;
  backups: BackupRow;
}
