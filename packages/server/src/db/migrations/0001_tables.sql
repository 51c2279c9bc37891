-- Every table of the first release. Both databases read this file; on SQLite `bigint primary key` becomes
-- `integer primary key`, the row's own number. Times are milliseconds, booleans 0 or 1, JSON is text.

create table installation (
  name text primary key,
  value text not null
);

create table accounts (
  id bigint primary key,
  name text not null,
  locale text not null,
  domain text,
  support_email text,
  status text not null,
  settings text not null,
  custom_attributes text not null,
  last_display_id bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table users (
  id bigint primary key,
  name text not null,
  display_name text,
  email text not null unique,
  password_hash text,
  access_token text not null unique,
  pubsub_token text not null unique,
  message_signature text,
  avatar_url text,
  ui_settings text not null,
  custom_attributes text not null,
  confirmed bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table account_users (
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  role text not null,
  availability text not null,
  auto_offline bigint not null,
  inviter_id bigint,
  active_at bigint,
  created_at bigint not null,
  primary key (account_id, user_id)
);
create index account_users_by_user on account_users (user_id);

create table sign_ins (
  id bigint primary key,
  user_id bigint not null references users (id) on delete cascade,
  client text not null unique,
  token_hash text not null,
  expires_at bigint not null,
  created_at bigint not null
);
create index sign_ins_by_user on sign_ins (user_id, id);

create table inboxes (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  identifier text not null unique,
  webhook_url text,
  hmac_token text not null,
  previous_hmac_token text,
  previous_hmac_token_until bigint,
  secret text not null,
  identity_policy text not null,
  additional_attributes text not null,
  avatar_url text,
  greeting_enabled bigint not null,
  greeting_message text,
  working_hours_enabled bigint not null,
  working_hours text not null,
  out_of_office_message text,
  timezone text not null,
  enable_email_collect bigint not null,
  enable_auto_assignment bigint not null,
  auto_assignment_config text not null,
  csat_survey_enabled bigint not null,
  csat_config text not null,
  allow_messages_after_resolved bigint not null,
  lock_to_single_conversation bigint not null,
  sender_name_type text not null,
  business_name text,
  allowed_origins text not null,
  agent_bot_id bigint,
  created_at bigint not null,
  updated_at bigint not null
);
create index inboxes_by_account on inboxes (account_id);

create table inbox_members (
  inbox_id bigint not null references inboxes (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  primary key (inbox_id, user_id)
);
create index inbox_members_by_user on inbox_members (user_id);

create table contacts (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  middle_name text not null,
  last_name text not null,
  email text,
  phone_number text,
  identifier text,
  contact_type text not null,
  location text,
  country_code text,
  blocked bigint not null,
  additional_attributes text not null,
  custom_attributes text not null,
  avatar_url text,
  last_activity_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, email),
  unique (account_id, phone_number),
  unique (account_id, identifier)
);
create index contacts_by_name on contacts (account_id, nullif(lower(name), ''), id);
create index contacts_by_activity on contacts (account_id, last_activity_at, id);

create table contact_inboxes (
  id bigint primary key,
  account_id bigint not null,
  contact_id bigint not null references contacts (id),
  inbox_id bigint not null references inboxes (id) on delete cascade,
  source_id text not null,
  pubsub_token text not null unique,
  hmac_verified bigint not null,
  claims text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (inbox_id, source_id)
);
create index contact_inboxes_by_contact on contact_inboxes (contact_id, hmac_verified);

create table conversations (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  display_id bigint not null,
  uuid text not null unique,
  inbox_id bigint not null references inboxes (id) on delete cascade,
  contact_id bigint not null references contacts (id),
  contact_inbox_id bigint not null references contact_inboxes (id),
  status text not null,
  priority text,
  assignee_id bigint,
  assignee_agent_bot_id bigint,
  team_id bigint,
  labels text not null,
  snoozed_until bigint,
  waiting_since bigint,
  first_reply_created_at bigint,
  last_activity_at bigint not null,
  contact_last_seen_at bigint,
  agent_last_seen_at bigint,
  assignee_last_seen_at bigint,
  additional_attributes text not null,
  custom_attributes text not null,
  -- Kept by the message path, so that lists and events need no count and no search.
  unread_count bigint not null,
  last_message_id bigint,
  last_non_activity_message_id bigint,
  last_public_message_id bigint,
  has_outgoing bigint not null,
  has_template bigint not null,
  has_csat bigint not null,
  last_template_at bigint,
  last_agent_message_at bigint,
  last_incoming_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, display_id)
);
create index conversations_by_session on conversations (contact_inbox_id, id);
create index conversations_by_contact on conversations (contact_id, last_activity_at);
create index conversations_by_inbox on conversations (account_id, inbox_id, status, last_activity_at);
create index conversations_by_status on conversations (account_id, status, last_activity_at);
create index conversations_by_assignee on conversations (account_id, assignee_id, status, last_activity_at);
create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;

create table conversation_labels (
  conversation_id bigint not null references conversations (id) on delete cascade,
  label text not null,
  account_id bigint not null,
  primary key (conversation_id, label)
);
create index conversation_labels_by_label on conversation_labels (account_id, label, conversation_id);

create table messages (
  id bigint primary key,
  account_id bigint not null,
  inbox_id bigint not null,
  conversation_id bigint not null references conversations (id) on delete cascade,
  message_type bigint not null,
  content text,
  content_type text not null,
  content_attributes text not null,
  additional_attributes text not null,
  private bigint not null,
  status text not null,
  source_id text,
  sender_type text,
  sender_id bigint,
  -- `echo_id` as JSON text, which keeps its type; `echo_key` is `<sender>:<its string form>`.
  echo_id text,
  echo_key text,
  request_hash text,
  created_at bigint not null,
  updated_at bigint not null
);
create index messages_by_conversation on messages (conversation_id, id);
create index messages_by_source on messages (conversation_id, source_id) where source_id is not null;

create table attachments (
  id bigint primary key,
  message_id bigint not null references messages (id) on delete cascade,
  account_id bigint not null,
  file_type text not null,
  -- Where the file store keeps it; null for a location or a link.
  file_key text,
  thumb_key text,
  file_name text,
  content_type text,
  extension text,
  file_size bigint,
  width bigint,
  height bigint,
  fallback_title text,
  coordinates_lat double precision,
  coordinates_long double precision,
  external_url text,
  meta text not null,
  created_at bigint not null
);
create index attachments_by_message on attachments (message_id, id);

create table csat_survey_responses (
  id bigint primary key,
  account_id bigint not null,
  conversation_id bigint not null references conversations (id) on delete cascade,
  message_id bigint not null unique references messages (id) on delete cascade,
  contact_id bigint not null,
  assigned_agent_id bigint,
  rating bigint not null,
  feedback_message text,
  created_at bigint not null,
  updated_at bigint not null
);

create table custom_attribute_definitions (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  attribute_model text not null,
  attribute_key text not null,
  attribute_display_name text not null,
  attribute_display_type text not null,
  attribute_description text,
  attribute_values text not null,
  regex_pattern text,
  regex_cue text,
  default_value text,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, attribute_model, attribute_key)
);

create table webhooks (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  inbox_id bigint references inboxes (id) on delete cascade,
  name text,
  url text not null,
  subscriptions text not null,
  secret text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, url)
);

create table streams (
  id bigint primary key,
  name text not null unique,
  last_offset bigint not null,
  -- Entries up to here are pruned; a position below it cannot be answered.
  pruned_offset bigint not null
);

create table events (
  stream_id bigint not null,
  stream_offset bigint not null,
  event text not null,
  payload text not null,
  created_at bigint not null,
  primary key (stream_id, stream_offset)
);
create index events_by_time on events (created_at);

create table receipts (
  caller text not null,
  route text not null,
  key_hash text not null,
  request_hash text not null,
  -- Sealed with the key.
  answer text not null,
  created_at bigint not null,
  primary key (caller, route, key_hash)
);
create index receipts_by_time on receipts (created_at);
