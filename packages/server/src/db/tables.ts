/**
 * The columns of every table as the query builder sees them; written beside the migrations, by hand. Long because all tables are
 * here: it is looked up by name, like the schema itself, and holds no logic.
 */

export interface InstallationRow {
  name: string;
  value: string;
}

export interface AccountRow {
  id: number;
  name: string;
  locale: string;
  domain: string | null;
  support_email: string | null;
  status: string;
  settings: string;
  custom_attributes: string;
  last_display_id: number;
  cache_keys: string;
  created_at: number;
  updated_at: number;
}

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
  ui_settings: string;
  custom_attributes: string;
  confirmed: number;
  created_at: number;
  updated_at: number;
}

export interface AccountUserRow {
  account_id: number;
  user_id: number;
  role: string;
  availability: string;
  auto_offline: number;
  inviter_id: number | null;
  active_at: number | null;
  created_at: number;
}

export interface SignInRow {
  id: number;
  user_id: number;
  client: string;
  token_hash: string;
  expires_at: number;
  created_at: number;
}

export interface UserTokenRow {
  token_hash: string;
  user_id: number;
  email: string | null;
  expires_at: number;
  created_at: number;
}

export interface TeamRow {
  id: number;
  account_id: number;
  name: string;
  description: string | null;
  allow_auto_assign: number;
  created_at: number;
  updated_at: number;
}

export interface TeamMemberRow {
  team_id: number;
  user_id: number;
  created_at: number;
}

export interface LabelRow {
  id: number;
  account_id: number;
  title: string;
  description: string | null;
  color: string;
  show_on_sidebar: number | null;
  created_at: number;
  updated_at: number;
}

/** Accounts whose labels are to be spelled anew. */
export interface LabelSpellingDueRow {
  account_id: number;
}

export interface LabelChangeRow {
  id: number;
  account_id: number;
  title: string;
  new_title: string | null;
  created_at: number;
}

export interface BotHandoffRow {
  inbox_id: number;
  account_id: number;
  created_at: number;
}

export interface CannedResponseRow {
  id: number;
  account_id: number;
  short_code: string;
  content: string;
  created_at: number;
  updated_at: number;
}

export interface AgentBotRow {
  id: number;
  account_id: number;
  name: string;
  description: string | null;
  outgoing_url: string | null;
  bot_config: string;
  avatar_url: string | null;
  access_token: string;
  secret: string;
  created_at: number;
  updated_at: number;
}

export interface CustomFilterRow {
  id: number;
  account_id: number;
  user_id: number;
  name: string;
  filter_type: string;
  query: string;
  created_at: number;
  updated_at: number;
}

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
  identity_policy: string;
  additional_attributes: string;
  avatar_url: string | null;
  greeting_enabled: number;
  greeting_message: string | null;
  working_hours_enabled: number;
  working_hours: string;
  out_of_office_message: string | null;
  timezone: string;
  enable_email_collect: number;
  enable_auto_assignment: number;
  auto_assignment_config: string;
  csat_survey_enabled: number;
  csat_config: string;
  allow_messages_after_resolved: number;
  lock_to_single_conversation: number;
  sender_name_type: string;
  business_name: string | null;
  allowed_origins: string;
  agent_bot_id: number | null;
  created_at: number;
  updated_at: number;
}

export interface InboxMemberRow {
  inbox_id: number;
  user_id: number;
  created_at: number;
}

export interface ContactRow {
  id: number;
  account_id: number;
  name: string;
  middle_name: string;
  last_name: string;
  email: string | null;
  phone_number: string | null;
  identifier: string | null;
  contact_type: string;
  location: string | null;
  country_code: string | null;
  blocked: number;
  additional_attributes: string;
  custom_attributes: string;
  avatar_url: string | null;
  last_activity_at: number | null;
  created_at: number;
  updated_at: number;
}

/** Columns of `contacts` that are its others, folded (contacts/folded-columns.ts); null until the server has folded an older row. */
export interface FoldedContactColumns {
  search_text: string | null;
  name_key: string | null;
  company_key: string | null;
  city_key: string | null;
  country_key: string | null;
  /** See `db/folded-texts.ts`. */
  folded_texts: string | null;
}

export interface ContactLabelRow {
  contact_id: number;
  label: string;
  account_id: number;
}

export interface NoteRow {
  id: number;
  account_id: number;
  contact_id: number;
  user_id: number | null;
  content: string;
  created_at: number;
  updated_at: number;
}

export interface ContactInboxRow {
  id: number;
  account_id: number;
  contact_id: number;
  inbox_id: number;
  source_id: string;
  pubsub_token: string;
  hmac_verified: number;
  claims: string;
  created_at: number;
  updated_at: number;
}

export interface ConversationRow {
  id: number;
  account_id: number;
  display_id: number;
  uuid: string;
  inbox_id: number;
  contact_id: number;
  contact_inbox_id: number;
  status: string;
  priority: string | null;
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
  additional_attributes: string;
  custom_attributes: string;
  unread_count: number;
  last_message_id: number | null;
  last_non_activity_message_id: number | null;
  last_public_message_id: number | null;
  has_outgoing: number;
  has_template: number;
  has_csat: number;
  last_template_at: number | null;
  last_agent_message_at: number | null;
  last_incoming_at: number | null;
  created_at: number;
  updated_at: number;
}

/** Sums of these are the counts; nobody and no team are 0. */
export interface ConversationCountRow {
  account_id: number;
  status: string;
  inbox_id: number;
  assignee_id: number;
  team_id: number;
  count: number;
}

export interface ConversationLabelRow {
  conversation_id: number;
  label: string;
  account_id: number;
}

export interface ConversationParticipantRow {
  conversation_id: number;
  user_id: number;
  account_id: number;
  created_at: number;
}

export interface ConversationDraftRow {
  conversation_id: number;
  user_id: number;
  message: string;
  updated_at: number;
}

export interface AssignmentQueueRow {
  conversation_id: number;
  inbox_id: number;
  /** 0 for no team. */
  team_id: number;
  created_at: number;
}

export interface AssignmentTurnRow {
  scope: string;
  user_id: number;
  turn: number;
}

export interface MentionRow {
  conversation_id: number;
  user_id: number;
  account_id: number;
  mentioned_at: number;
}

export interface NotificationRow {
  id: number;
  account_id: number;
  user_id: number;
  notification_type: string;
  conversation_id: number;
  /** Of the conversation, as now; no team is 0. */
  inbox_id: number;
  team_id: number;
  secondary_actor_type: string | null;
  secondary_actor_id: number | null;
  read_at: number | null;
  snoozed_until: number | null;
  last_activity_at: number;
  meta: string;
  created_at: number;
  updated_at: number;
}

/** Kept by the database; sums of these are the counts. */
export interface NotificationCountRow {
  account_id: number;
  user_id: number;
  inbox_id: number;
  team_id: number;
  is_read: number;
  is_snoozed: number;
  count: number;
}

export interface NotificationSubscriptionRow {
  id: number;
  user_id: number;
  subscription_type: string;
  identifier: string;
  push_token: string | null;
  subscription_attributes: string;
  created_at: number;
  updated_at: number;
}

export interface NotificationSettingsRow {
  account_id: number;
  user_id: number;
  email_flags: string;
  push_flags: string;
}

export interface MessageRow {
  id: number;
  account_id: number;
  inbox_id: number;
  conversation_id: number;
  message_type: number;
  content: string | null;
  content_type: string;
  content_attributes: string;
  additional_attributes: string;
  private: number;
  status: string;
  source_id: string | null;
  sender_type: string | null;
  sender_id: number | null;
  echo_id: string | null;
  echo_key: string | null;
  request_hash: string | null;
  created_at: number;
  updated_at: number;
}

export interface AttachmentRow {
  id: number;
  message_id: number;
  conversation_id: number;
  account_id: number;
  file_type: string;
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
  meta: string;
  created_at: number;
}

export interface BlobRow {
  id: number;
  account_id: number | null;
  owner: string | null;
  file_key: string;
  file_name: string;
  content_type: string;
  file_size: number;
  created_at: number;
}

export interface LetterRow {
  id: string;
  sealed: string;
  contact_id: number | null;
  attempts: number;
  next_attempt_at: number;
  created_at: number;
}

export interface AvatarWishRow {
  contact_id: number;
  account_id: number;
  url: string;
  replaces: number;
}

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

export interface ReportEventRow {
  id: number;
  account_id: number;
  name: string;
  value: number;
  value_in_business_hours: number;
  conversation_id: number;
  inbox_id: number;
  user_id: number | null;
  created_at: number;
}

export interface CustomAttributeDefinitionRow {
  id: number;
  account_id: number;
  attribute_model: string;
  attribute_key: string;
  attribute_display_name: string;
  attribute_display_type: string;
  attribute_description: string | null;
  attribute_values: string;
  regex_pattern: string | null;
  regex_cue: string | null;
  default_value: string | null;
  created_at: number;
  updated_at: number;
}

export interface WebhookRow {
  id: number;
  account_id: number;
  inbox_id: number | null;
  name: string | null;
  url: string;
  subscriptions: string;
  secret: string;
  created_at: number;
  updated_at: number;
}

export interface WebhookDeliveryRow {
  id: number;
  delivery_id: string;
  account_id: number;
  endpoint: string;
  event: string;
  conversation_id: number | null;
  display_id: number | null;
  message_id: number | null;
  message_status: string | null;
  contact_id: number | null;
  payload: string;
  status: string;
  is_transient: number;
  attempts: number;
  next_attempt_at: number | null;
  claim: string | null;
  last_attempt_at: number | null;
  settled_at: number | null;
  response_status: number | null;
  response_body: string | null;
  error: string | null;
  created_at: number;
}

export interface WebhookEndpointRow {
  endpoint: string;
  account_id: number;
  failures: number;
  resting_until: number | null;
  disabled_url: string | null;
  last_success_at: number | null;
  last_failure_at: number | null;
  last_error: string | null;
}

export interface StreamRow {
  id: number;
  name: string;
  last_offset: number;
  pruned_offset: number;
  /** When the event at `pruned_offset` was appended; 0 when that is not known. */
  pruned_at: number;
  last_entry_id: number;
}

export interface EventRow {
  id: number;
  event: string;
  entries: number;
  created_at: number;
  payload: string;
}

export interface StreamEntryRow {
  id: number;
  stream_id: number;
  stream_offset: number;
  previous_id: number;
  event_id: number;
}

export interface ReceiptRow {
  caller: string;
  route: string;
  key_hash: string;
  request_hash: string;
  answer: string;
  headers: string | null;
  created_at: number;
}

/** Ids handed out on SQLite; PostgreSQL has its own sequences. */
export interface SequenceRow {
  name: string;
  value: number;
}

export interface SearchGramRow {
  noun: number;
  block: number;
  account_id: number;
  gram: string;
  places: string;
}

export interface Tables {
  installation: InstallationRow;
  accounts: AccountRow;
  users: UserRow;
  account_users: AccountUserRow;
  sign_ins: SignInRow;
  user_tokens: UserTokenRow;
  teams: TeamRow;
  team_members: TeamMemberRow;
  labels: LabelRow;
  label_changes: LabelChangeRow;
  label_spellings_due: LabelSpellingDueRow;
  canned_responses: CannedResponseRow;
  custom_filters: CustomFilterRow;
  agent_bots: AgentBotRow;
  bot_handoffs: BotHandoffRow;
  inboxes: InboxRow;
  inbox_members: InboxMemberRow;
  contacts: ContactRow & FoldedContactColumns;
  contact_labels: ContactLabelRow;
  notes: NoteRow;
  contact_inboxes: ContactInboxRow;
  conversations: ConversationRow & { folded_texts: string | null };
  conversation_counts: ConversationCountRow;
  conversation_labels: ConversationLabelRow;
  conversation_participants: ConversationParticipantRow;
  conversation_drafts: ConversationDraftRow;
  mentions: MentionRow;
  notifications: NotificationRow;
  notification_counts: NotificationCountRow;
  notification_settings: NotificationSettingsRow;
  notification_subscriptions: NotificationSubscriptionRow;
  assignment_queue: AssignmentQueueRow;
  assignment_turns: AssignmentTurnRow;
  messages: MessageRow;
  attachments: AttachmentRow;
  avatar_wishes: AvatarWishRow;
  letters: LetterRow;
  blobs: BlobRow;
  csat_survey_responses: CsatSurveyResponseRow;
  report_events: ReportEventRow;
  custom_attribute_definitions: CustomAttributeDefinitionRow;
  webhooks: WebhookRow;
  webhook_deliveries: WebhookDeliveryRow;
  webhook_endpoints: WebhookEndpointRow;
  streams: StreamRow;
  events: EventRow;
  stream_entries: StreamEntryRow;
  receipts: ReceiptRow;
  sequences: SequenceRow;
  search_grams: SearchGramRow;
}
