-- Written by the last build with single migrations: the schema of version 120 with an account, an inbox and two messages.
pragma foreign_keys = off;
BEGIN TRANSACTION;
CREATE TABLE account_users (
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
INSERT INTO "account_users" VALUES(1,1,'administrator','online',1,NULL,NULL,1796081119126);
CREATE TABLE accounts (
  id integer primary key,
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
, cache_keys text not null default '{}');
INSERT INTO "accounts" VALUES(1,'Acme','en',NULL,NULL,'active','{}','{}',1,1796081119124,1796081119124,'{"inbox":1796081119}');
CREATE TABLE agent_bots (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  description text,
  outgoing_url text,
  bot_config text not null,
  avatar_url text,
  access_token text not null unique,
  secret text not null,
  created_at bigint not null,
  updated_at bigint not null
);
CREATE TABLE assignment_queue (
  conversation_id bigint primary key references conversations (id) on delete cascade,
  created_at bigint not null
, inbox_id bigint not null default 0, team_id bigint not null default 0);
INSERT INTO "assignment_queue" VALUES(1,1796081119364,1,0);
CREATE TABLE assignment_turns (
  scope text not null,
  user_id bigint not null,
  turn bigint not null,
  primary key (scope, user_id)
);
CREATE TABLE attachments (
  id integer primary key,
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
, conversation_id bigint);
CREATE TABLE avatar_wishes (
  contact_id bigint primary key references contacts (id) on delete cascade,
  account_id bigint not null,
  url text not null,
  -- 1: in place of the picture there is; 0: only when there is none.
  replaces bigint not null
);
CREATE TABLE blobs (
  id integer primary key,
  account_id bigint references accounts (id) on delete cascade,
  -- Whose picture it is, `contact:<id>`; null for an upload.
  owner text unique,
  file_key text not null,
  file_name text not null,
  content_type text not null,
  file_size bigint not null,
  created_at bigint not null
);
CREATE TABLE bot_handoffs (
  inbox_id bigint primary key references inboxes (id) on delete cascade,
  account_id bigint not null,
  created_at bigint not null
);
CREATE TABLE canned_responses (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  short_code text not null,
  content text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, short_code)
);
CREATE TABLE contact_inboxes (
  id integer primary key,
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
INSERT INTO "contact_inboxes" VALUES(1,1,1,1,'20afa429-2dea-4c0c-b99a-bcd72caab9a9','VmWhgHkz4a1qWTW5iAK38txL',0,'{}',1796081119245,1796081119245);
CREATE TABLE contact_labels (
  contact_id bigint not null references contacts (id) on delete cascade,
  label text not null,
  account_id bigint not null,
  primary key (contact_id, label)
);
CREATE TABLE contacts (
  id integer primary key,
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
  updated_at bigint not null, search_text text, name_key text, folded_texts text, company_key text, city_key text, country_key text,
  unique (account_id, email),
  unique (account_id, phone_number),
  unique (account_id, identifier)
);
INSERT INTO "contacts" VALUES(1,1,'Ann','','','ann@example.test',NULL,NULL,'lead',NULL,NULL,0,'{}','{}',NULL,1796081119424,1796081119242,1796081119424,'ann ann@example.test  ','ann','{}',NULL,NULL,NULL);
CREATE TABLE conversation_counts (
  account_id integer not null,
  status text not null,
  inbox_id integer not null,
  assignee_id integer not null,
  team_id integer not null,
  count integer not null,
  primary key (account_id, status, inbox_id, assignee_id, team_id)
) without rowid;
INSERT INTO "conversation_counts" VALUES(1,'open',1,0,0,1);
CREATE TABLE conversation_drafts (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  message text not null,
  updated_at bigint not null,
  primary key (conversation_id, user_id)
);
CREATE TABLE conversation_labels (
  conversation_id bigint not null references conversations (id) on delete cascade,
  label text not null,
  account_id bigint not null,
  primary key (conversation_id, label)
);
CREATE TABLE conversation_participants (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  account_id bigint not null,
  created_at bigint not null,
  primary key (conversation_id, user_id)
);
CREATE TABLE conversations (
  id integer primary key,
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
  updated_at bigint not null, folded_texts text,
  unique (account_id, display_id)
);
INSERT INTO "conversations" VALUES(1,1,1,'c1c77a1a-73ae-474b-9600-24afc8e5b425',1,1,1,'open',NULL,NULL,NULL,NULL,'[]',NULL,1796081119348,NULL,1796081119424,NULL,NULL,NULL,'{}','{}',2,2,2,2,0,0,0,NULL,NULL,1796081119424,1796081119348,1796081119424,'{}');
CREATE TABLE csat_survey_responses (
  id integer primary key,
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
CREATE TABLE custom_attribute_definitions (
  id integer primary key,
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
CREATE TABLE custom_filters (
  id integer primary key,
  account_id bigint not null,
  user_id bigint not null,
  name text not null,
  filter_type text not null,
  query text not null,
  created_at bigint not null,
  updated_at bigint not null,
  foreign key (account_id, user_id) references account_users (account_id, user_id) on delete cascade
);
CREATE TABLE events (
  id integer primary key,
  event text not null,
  -- Entries that tell it; with the last of them it goes.
  entries bigint not null,
  created_at bigint not null,
  payload text not null
);
INSERT INTO "events" VALUES(1,'access',1,1796081119132,'{"event":"access","data":{"account_id":1,"user_id":1}}');
INSERT INTO "events" VALUES(2,'account.cache_invalidated',1,1796081119132,'{"event":"account.cache_invalidated","data":{"cache_keys":{"label":"0000000000","inbox":"1796081119","team":"0000000000"},"account_id":1}}');
INSERT INTO "events" VALUES(3,'access',1,1796081119132,'{"event":"access","data":{"account_id":1,"inbox_id":1}}');
INSERT INTO "events" VALUES(4,'contact.created',1,1796081119245,'{"event":"contact.created","data":{"account_id":1,"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"}}');
INSERT INTO "events" VALUES(5,'conversation.created',1,1796081119365,'{"event":"conversation.created","data":{"account_id":1,"id":1,"inbox_id":1,"status":"open","priority":null,"unread_count":0,"can_reply":true,"labels":[],"additional_attributes":{},"custom_attributes":{},"snoozed_until":null,"created_at":1796081119,"updated_at":1796081119.348,"timestamp":1796081119,"last_activity_at":1796081119,"agent_last_seen_at":0,"contact_last_seen_at":0,"waiting_since":1796081119,"channel":"Channel::Api","first_reply_created_at":null,"contact_inbox":{"id":1,"contact_id":1,"inbox_id":1,"source_id":"20afa429-2dea-4c0c-b99a-bcd72caab9a9","created_at":"2026-11-30T23:25:19.245Z","updated_at":"2026-11-30T23:25:19.245Z","hmac_verified":false,"pubsub_token":null},"messages":[],"meta":{"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"assignee":null,"assignee_type":null,"team":null,"hmac_verified":false}}}');
INSERT INTO "events" VALUES(6,'conversation.created',1,1796081119365,'{"event":"conversation.created","data":{"account_id":1,"id":1,"inbox_id":1,"status":"open","priority":null,"unread_count":0,"can_reply":true,"labels":[],"additional_attributes":{},"custom_attributes":{},"snoozed_until":null,"created_at":1796081119,"updated_at":1796081119.348,"timestamp":1796081119,"last_activity_at":1796081119,"agent_last_seen_at":0,"contact_last_seen_at":0,"waiting_since":1796081119,"channel":"Channel::Api","first_reply_created_at":null,"contact_inbox":{"id":1,"contact_id":1,"inbox_id":1,"source_id":"20afa429-2dea-4c0c-b99a-bcd72caab9a9","created_at":"2026-11-30T23:25:19.245Z","updated_at":"2026-11-30T23:25:19.245Z","hmac_verified":false,"pubsub_token":"VmWhgHkz4a1qWTW5iAK38txL"},"messages":[],"meta":{"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"assignee":null,"assignee_type":null,"team":null,"hmac_verified":false}}}');
INSERT INTO "events" VALUES(7,'message.created',2,1796081119401,'{"event":"message.created","data":{"id":1,"content":"Where is my order?","message_type":0,"content_type":"text","content_attributes":{},"created_at":1796081119,"conversation_id":1,"inbox_id":1,"status":"sent","private":false,"source_id":null,"account_id":1,"updated_at":"2026-11-30T23:25:19.399Z","additional_attributes":{},"external_source_ids":{},"processed_message_content":"Where is my order?","sentiment":{},"sender_type":"Contact","sender_id":1,"conversation":{"assignee_id":null,"unread_count":1,"last_activity_at":1796081119,"contact_inbox":{"source_id":"20afa429-2dea-4c0c-b99a-bcd72caab9a9"}},"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"echo_id":"Where is my order?"}}');
INSERT INTO "events" VALUES(8,'contact.updated',1,1796081119401,'{"event":"contact.updated","data":{"account_id":1,"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"}}');
INSERT INTO "events" VALUES(9,'message.created',2,1796081119424,'{"event":"message.created","data":{"id":2,"content":"Number 4711","message_type":0,"content_type":"text","content_attributes":{},"created_at":1796081119,"conversation_id":1,"inbox_id":1,"status":"sent","private":false,"source_id":null,"account_id":1,"updated_at":"2026-11-30T23:25:19.424Z","additional_attributes":{},"external_source_ids":{},"processed_message_content":"Number 4711","sentiment":{},"sender_type":"Contact","sender_id":1,"conversation":{"assignee_id":null,"unread_count":2,"last_activity_at":1796081119,"contact_inbox":{"source_id":"20afa429-2dea-4c0c-b99a-bcd72caab9a9"}},"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"echo_id":"Number 4711"}}');
INSERT INTO "events" VALUES(10,'contact.updated',1,1796081119424,'{"event":"contact.updated","data":{"account_id":1,"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"}}');
CREATE TABLE inbox_members (
  inbox_id bigint not null references inboxes (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  primary key (inbox_id, user_id)
);
INSERT INTO "inbox_members" VALUES(1,1,1796081119132);
CREATE TABLE inboxes (
  id integer primary key,
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
INSERT INTO "inboxes" VALUES(1,1,'Shop','bFGcaHJbpZ3e8b672MmMjbjG',NULL,'bhec4UyZKdLAHEsev3jJDepR',NULL,NULL,'d1TZU8W7SsvzgUjmC29ivoSe','safe','{}',NULL,0,NULL,0,'[{"day_of_week":0,"closed_all_day":true,"open_all_day":false,"open_hour":null,"open_minutes":null,"close_hour":null,"close_minutes":null},{"day_of_week":1,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":2,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":3,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":4,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":5,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":6,"closed_all_day":true,"open_all_day":false,"open_hour":null,"open_minutes":null,"close_hour":null,"close_minutes":null}]',NULL,'UTC',1,1,'{}',0,'{}',1,0,'friendly',NULL,'[]',NULL,1796081119127,1796081119127);
CREATE TABLE installation (
  name text primary key,
  value text not null
);
INSERT INTO "installation" VALUES('key','kSxM94yuiWHFryPfyidF3bcstgjnMHXtSyCQVsqCoUTd3Yyh');
INSERT INTO "installation" VALUES('epoch','jAtcdaq9');
CREATE TABLE label_changes (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  title text not null,
  -- Null when the label was deleted.
  new_title text,
  created_at bigint not null
);
CREATE TABLE label_spellings_due (
  account_id bigint primary key references accounts (id) on delete cascade
);
CREATE TABLE labels (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  title text not null,
  description text,
  color text not null,
  show_on_sidebar bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, title)
);
CREATE TABLE letters (
  id text primary key,
  sealed text not null,
  -- Whom it quotes: with them it goes.
  contact_id bigint,
  attempts bigint not null,
  next_attempt_at bigint not null,
  created_at bigint not null
);
CREATE TABLE mentions (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  account_id bigint not null,
  mentioned_at bigint not null,
  primary key (conversation_id, user_id)
);
CREATE TABLE messages (
  id integer primary key,
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
INSERT INTO "messages" VALUES(1,1,1,1,0,'Where is my order?','text','{}','{}',0,'sent',NULL,'Contact',1,'"Where is my order?"','c:Where is my order?','ed9c20fce8965863d4a6df7cc0a6c97e9b52dfad0225d91596dc5dce772e88e7',1796081119399,1796081119399);
INSERT INTO "messages" VALUES(2,1,1,1,0,'Number 4711','text','{}','{}',0,'sent',NULL,'Contact',1,'"Number 4711"','c:Number 4711','f3e6e549e2632289a77a652148d859a861871338227d19828b3dce191e3fd2c6',1796081119424,1796081119424);
CREATE TABLE notes (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  contact_id bigint not null references contacts (id) on delete cascade,
  user_id bigint references users (id) on delete set null,
  content text not null,
  created_at bigint not null,
  updated_at bigint not null
);
CREATE TABLE notification_counts (
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  inbox_id bigint not null,
  team_id bigint not null,
  is_read bigint not null,
  is_snoozed bigint not null,
  count bigint not null check (count >= 0),
  primary key (account_id, user_id, inbox_id, team_id, is_read, is_snoozed)
);
CREATE TABLE notification_settings (
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  email_flags text not null,
  push_flags text not null,
  primary key (account_id, user_id)
);
CREATE TABLE notification_subscriptions (
  id integer primary key,
  user_id bigint not null references users (id) on delete cascade,
  subscription_type text not null,
  identifier text not null,
  push_token text,
  subscription_attributes text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (user_id, identifier)
);
CREATE TABLE notifications (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  notification_type text not null,
  conversation_id bigint not null references conversations (id) on delete cascade,
  secondary_actor_type text,
  secondary_actor_id bigint,
  read_at bigint,
  snoozed_until bigint,
  last_activity_at bigint not null,
  meta text not null,
  created_at bigint not null,
  updated_at bigint not null, inbox_id bigint not null default 0, team_id bigint not null default 0,
  unique (conversation_id, user_id, notification_type)
);
CREATE TABLE receipts (
  caller text not null,
  route text not null,
  key_hash text not null,
  request_hash text not null,
  -- Sealed with the key.
  answer text not null,
  created_at bigint not null, headers text,
  primary key (caller, route, key_hash)
);
CREATE TABLE report_events (
  id integer primary key,
  account_id bigint not null,
  name text not null,
  -- Seconds.
  value bigint not null,
  -- Seconds within the working hours that the inbox had at the end.
  value_in_business_hours bigint not null,
  conversation_id bigint not null references conversations (id) on delete cascade,
  inbox_id bigint not null,
  user_id bigint,
  created_at bigint not null
);
CREATE TABLE search_blocks (
  noun integer not null,
  block integer not null,
  ready integer not null,
  claimed_at integer not null,
  primary key (noun, block)
) without rowid;
CREATE TABLE search_changes (
  noun integer not null,
  id integer not null,
  account_id integer not null,
  changed_at integer not null,
  primary key (noun, id, account_id)
) without rowid;
CREATE TABLE search_grams (
  noun integer not null,
  block integer not null,
  account_id integer not null,
  gram text not null,
  places text not null,
  primary key (noun, block, account_id, gram)
) without rowid;
CREATE TABLE sequences (
  name text primary key,
  value bigint not null
) without rowid;
INSERT INTO "sequences" VALUES('accounts',1);
INSERT INTO "sequences" VALUES('contact_inboxes',1);
INSERT INTO "sequences" VALUES('contacts',1);
INSERT INTO "sequences" VALUES('conversations',1);
INSERT INTO "sequences" VALUES('events',10);
INSERT INTO "sequences" VALUES('inboxes',1);
INSERT INTO "sequences" VALUES('messages',2);
INSERT INTO "sequences" VALUES('stream_entries',12);
INSERT INTO "sequences" VALUES('streams',4);
INSERT INTO "sequences" VALUES('users',1);
CREATE TABLE sign_ins (
  id integer primary key,
  user_id bigint not null references users (id) on delete cascade,
  client text not null unique,
  token_hash text not null,
  expires_at bigint not null,
  created_at bigint not null
);
CREATE TABLE stream_entries (
  id integer primary key,
  stream_id bigint not null,
  stream_offset bigint not null,
  -- The entry before it in its stream, 0 for the first.
  previous_id bigint not null,
  event_id bigint not null
);
INSERT INTO "stream_entries" VALUES(1,1,1,0,1);
INSERT INTO "stream_entries" VALUES(2,2,1,0,2);
INSERT INTO "stream_entries" VALUES(3,1,2,1,3);
INSERT INTO "stream_entries" VALUES(4,2,2,2,4);
INSERT INTO "stream_entries" VALUES(5,3,1,0,5);
INSERT INTO "stream_entries" VALUES(6,4,1,0,6);
INSERT INTO "stream_entries" VALUES(7,3,2,5,7);
INSERT INTO "stream_entries" VALUES(8,4,2,6,7);
INSERT INTO "stream_entries" VALUES(9,2,3,4,8);
INSERT INTO "stream_entries" VALUES(10,3,3,7,9);
INSERT INTO "stream_entries" VALUES(11,4,3,8,9);
INSERT INTO "stream_entries" VALUES(12,2,4,9,10);
CREATE TABLE streams (
  id integer primary key,
  name text not null unique,
  last_offset bigint not null,
  -- Entries up to here are pruned; a position below it cannot be answered.
  pruned_offset bigint not null
, last_entry_id bigint not null default 0, pruned_at bigint not null default 0);
INSERT INTO "streams" VALUES(1,'access',2,0,3,0);
INSERT INTO "streams" VALUES(2,'account:1',4,0,12,0);
INSERT INTO "streams" VALUES(3,'inbox:1',3,0,10,0);
INSERT INTO "streams" VALUES(4,'session:1',3,0,11,0);
CREATE TABLE team_members (
  team_id bigint not null references teams (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  primary key (team_id, user_id)
);
CREATE TABLE teams (
  id integer primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  description text,
  allow_auto_assign bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, name)
);
CREATE TABLE user_tokens (
  token_hash text primary key,
  user_id bigint not null references users (id) on delete cascade,
  -- The address that it makes the user's, if it does: no such token sets a password.
  email text,
  expires_at bigint not null,
  created_at bigint not null
);
CREATE TABLE users (
  id integer primary key,
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
INSERT INTO "users" VALUES(1,'ada',NULL,'ada@example.test','$argon2id$v=19$m=19456,t=2,p=1$ESz0GM3PSLanysYsifGLrA$jRTUcj92O3ygzjkJnz08/Z5zVGHQ1rWnOGT9nGng7QM','ycZj9Hyinms3xLgB1pGkaAQa','BU3aSrntsUCpQxccseSocryd',NULL,NULL,'{}','{}',1,1796081119125,1796081119125);
CREATE TABLE webhook_deliveries (
  id integer primary key,
  delivery_id text not null,
  account_id bigint not null references accounts (id) on delete cascade,
  -- `inbox:<id>`, `webhook:<id>` or `bot:<id>`
  endpoint text not null,
  event text not null,
  -- The queue in which it waits for its turn; null for what has no order.
  conversation_id bigint,
  display_id bigint,
  message_id bigint,
  -- What the message was before it was marked failed because of this delivery.
  message_status text,
  contact_id bigint,
  -- Empty once the contact was erased.
  payload text not null,
  -- `waiting` behind another of its queue, `pending` at `next_attempt_at`, `delivered`, `failed`
  status text not null,
  -- Sent once and soon, or not at all.
  is_transient bigint not null,
  attempts bigint not null,
  -- Only of what is pending. While it is claimed: when the claim ends.
  next_attempt_at bigint,
  claim text,
  last_attempt_at bigint,
  settled_at bigint,
  response_status bigint,
  response_body text,
  error text,
  created_at bigint not null
);
CREATE TABLE webhook_endpoints (
  endpoint text primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  -- Failed attempts in a row.
  failures bigint not null,
  resting_until bigint,
  -- The address that answered 410 Gone; another one is tried again.
  disabled_url text,
  last_success_at bigint,
  last_failure_at bigint,
  last_error text
);
CREATE TABLE webhooks (
  id integer primary key,
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
CREATE INDEX account_users_by_user on account_users (user_id);
CREATE INDEX sign_ins_by_user on sign_ins (user_id, id);
CREATE INDEX inboxes_by_account on inboxes (account_id);
CREATE INDEX inbox_members_by_user on inbox_members (user_id);
CREATE INDEX contacts_by_activity on contacts (account_id, last_activity_at, id);
CREATE INDEX contact_inboxes_by_contact on contact_inboxes (contact_id, hmac_verified);
CREATE INDEX conversations_by_session on conversations (contact_inbox_id, id);
CREATE INDEX conversations_by_contact on conversations (contact_id, last_activity_at);
CREATE INDEX conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;
CREATE INDEX conversation_labels_by_label on conversation_labels (account_id, label, conversation_id);
CREATE INDEX messages_by_conversation on messages (conversation_id, id);
CREATE INDEX messages_by_source on messages (conversation_id, source_id) where source_id is not null;
CREATE INDEX attachments_by_message on attachments (message_id, id);
CREATE INDEX receipts_by_time on receipts (created_at);
CREATE INDEX contacts_by_identity on contacts (account_id, email, phone_number, identifier);
CREATE INDEX attachments_by_file on attachments (file_key) where file_key is not null;
CREATE INDEX attachments_by_thumb on attachments (thumb_key) where thumb_key is not null;
CREATE INDEX team_members_by_user on team_members (user_id);
CREATE INDEX contact_labels_by_label on contact_labels (account_id, label, contact_id);
CREATE INDEX notes_by_contact on notes (contact_id, id);
CREATE INDEX custom_filters_by_owner on custom_filters (account_id, user_id, filter_type, id);
CREATE INDEX report_events_by_time on report_events (account_id, name, created_at);
CREATE INDEX report_events_by_conversation on report_events (conversation_id);
CREATE INDEX conversations_by_creation on conversations (account_id, created_at);
CREATE INDEX messages_by_time on messages (account_id, created_at, message_type, inbox_id)
  where message_type in (0, 1) and private = 0;
CREATE INDEX messages_surveys on messages (account_id, created_at) where content_type = 'input_csat';
CREATE INDEX csat_survey_responses_by_time on csat_survey_responses (account_id, created_at, id);
CREATE INDEX blobs_by_file on blobs (file_key);
CREATE INDEX blobs_uploaded on blobs (created_at) where owner is null;
CREATE INDEX user_tokens_by_user on user_tokens (user_id);
CREATE INDEX conversation_participants_by_user on conversation_participants (account_id, user_id, conversation_id);
CREATE INDEX attachments_by_conversation on attachments (conversation_id, id);
CREATE INDEX mentions_by_user on mentions (account_id, user_id, mentioned_at);
CREATE INDEX notifications_by_user on notifications (account_id, user_id, last_activity_at, id);
CREATE INDEX notifications_unread on notifications (account_id, user_id, snoozed_until, last_activity_at, id)
  where read_at is null;
CREATE INDEX notifications_snoozed on notifications (snoozed_until) where snoozed_until is not null;
CREATE INDEX conversations_by_status
  on conversations (account_id, status, last_activity_at, id, inbox_id, assignee_id, team_id);
CREATE INDEX conversations_by_inbox
  on conversations (account_id, inbox_id, status, last_activity_at, id, assignee_id);
CREATE INDEX conversations_by_assignee
  on conversations (account_id, assignee_id, status, last_activity_at, id, inbox_id);
CREATE INDEX conversations_by_team
  on conversations (account_id, team_id, status, last_activity_at, id, inbox_id, assignee_id) where team_id is not null;
CREATE INDEX conversations_by_number on conversations (account_id, status, id, inbox_id, assignee_id);
CREATE INDEX conversations_waiting
  on conversations (account_id, status, waiting_since, id, inbox_id, assignee_id) where waiting_since is not null;
CREATE INDEX conversations_by_priority
  on conversations (account_id, status, priority, last_activity_at, id, inbox_id, assignee_id) where priority is not null;
CREATE TRIGGER conversations_counted after insert on conversations begin
  insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
    values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0), 1)
    on conflict (account_id, status, inbox_id, assignee_id, team_id) do update set count = count + 1;
end;
CREATE TRIGGER conversations_discounted after delete on conversations begin
  update conversation_counts set count = count - 1
    where account_id = old.account_id and status = old.status and inbox_id = old.inbox_id
      and assignee_id = coalesce(old.assignee_id, 0) and team_id = coalesce(old.team_id, 0);
end;
CREATE TRIGGER conversations_recounted after update of status, inbox_id, assignee_id, team_id on conversations
when old.status is not new.status or old.inbox_id is not new.inbox_id
  or old.assignee_id is not new.assignee_id or old.team_id is not new.team_id
begin
  update conversation_counts set count = count - 1
    where account_id = old.account_id and status = old.status and inbox_id = old.inbox_id
      and assignee_id = coalesce(old.assignee_id, 0) and team_id = coalesce(old.team_id, 0);
  insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
    values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0), 1)
    on conflict (account_id, status, inbox_id, assignee_id, team_id) do update set count = count + 1;
end;
CREATE INDEX agent_bots_by_account on agent_bots (account_id, id);
CREATE INDEX conversations_by_bot on conversations (assignee_agent_bot_id) where assignee_agent_bot_id is not null;
CREATE INDEX webhook_deliveries_by_contact on webhook_deliveries (contact_id) where contact_id is not null;
CREATE INDEX webhook_deliveries_settled on webhook_deliveries (settled_at) where settled_at is not null;
CREATE INDEX webhook_endpoints_by_account on webhook_endpoints (account_id);
CREATE INDEX webhook_deliveries_queued on webhook_deliveries (endpoint, conversation_id, id) where settled_at is null;
CREATE INDEX letters_due on letters (next_attempt_at);
CREATE INDEX letters_by_contact on letters (contact_id) where contact_id is not null;
CREATE INDEX stream_marks on stream_entries (stream_id, stream_offset) where stream_offset % 64 = 0;
CREATE UNIQUE INDEX messages_by_echo on messages (conversation_id, echo_key) where echo_key is not null;
CREATE INDEX webhook_deliveries_claimed on webhook_deliveries (claim) where claim is not null;
CREATE UNIQUE INDEX webhook_deliveries_in_turn on webhook_deliveries (endpoint, conversation_id)
  where next_attempt_at is not null;
CREATE INDEX webhook_deliveries_due on webhook_deliveries (endpoint, next_attempt_at, id) where next_attempt_at is not null;
CREATE INDEX webhook_deliveries_by_status on webhook_deliveries (account_id, status, id);
CREATE INDEX webhook_deliveries_by_endpoint on webhook_deliveries (account_id, endpoint, status, id);
CREATE INDEX webhook_deliveries_by_message on webhook_deliveries (message_id, id) where message_id is not null;
CREATE INDEX webhook_deliveries_transient on webhook_deliveries (settled_at)
  where is_transient = 1 and settled_at is not null;
CREATE INDEX notifications_read on notifications (account_id, user_id, id) where read_at is not null;
CREATE TRIGGER notifications_counted after insert on notifications begin
  insert into notification_counts (account_id, user_id, inbox_id, team_id, is_read, is_snoozed, count)
    values (new.account_id, new.user_id, new.inbox_id, new.team_id, new.read_at is not null, new.snoozed_until is not null, 1)
    on conflict (account_id, user_id, inbox_id, team_id, is_read, is_snoozed) do update set count = count + 1;
end;
CREATE TRIGGER notifications_discounted after delete on notifications begin
  update notification_counts set count = count - 1
    where account_id = old.account_id and user_id = old.user_id and inbox_id = old.inbox_id and team_id = old.team_id
      and is_read = (old.read_at is not null) and is_snoozed = (old.snoozed_until is not null);
end;
CREATE TRIGGER notifications_recounted after update of read_at, snoozed_until, inbox_id, team_id on notifications
when (old.read_at is null) <> (new.read_at is null) or (old.snoozed_until is null) <> (new.snoozed_until is null)
  or old.inbox_id <> new.inbox_id or old.team_id <> new.team_id
begin
  update notification_counts set count = count - 1
    where account_id = old.account_id and user_id = old.user_id and inbox_id = old.inbox_id and team_id = old.team_id
      and is_read = (old.read_at is not null) and is_snoozed = (old.snoozed_until is not null);
  insert into notification_counts (account_id, user_id, inbox_id, team_id, is_read, is_snoozed, count)
    values (new.account_id, new.user_id, new.inbox_id, new.team_id, new.read_at is not null, new.snoozed_until is not null, 1)
    on conflict (account_id, user_id, inbox_id, team_id, is_read, is_snoozed) do update set count = count + 1;
end;
CREATE TRIGGER notifications_moved after update of inbox_id, team_id on conversations
when old.inbox_id is not new.inbox_id or old.team_id is not new.team_id
begin
  update notifications set inbox_id = new.inbox_id, team_id = coalesce(new.team_id, 0) where conversation_id = new.id;
end;
CREATE INDEX messages_unseen on messages (conversation_id, status, id) where message_type <> 0 and status <> 'read';
CREATE INDEX notifications_listed on notifications (account_id, user_id, last_activity_at, id)
  where read_at is null and snoozed_until is null;
CREATE TRIGGER messages_unsearched after delete on messages begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (1, old.id / 4096 * 4096, old.account_id, unixepoch() * 1000);
end;
CREATE TRIGGER messages_research after update of content, content_attributes on messages
when new.content is not old.content
  or instr(new.content_attributes, '"deleted":true') <> instr(old.content_attributes, '"deleted":true')
begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (1, new.id, new.account_id, unixepoch() * 1000);
end;
CREATE TRIGGER contacts_unsearched after delete on contacts begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (2, old.id / 4096 * 4096, old.account_id, unixepoch() * 1000);
end;
CREATE TRIGGER contacts_research after update of search_text on contacts
when new.search_text is not old.search_text
begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (2, new.id, new.account_id, unixepoch() * 1000);
end;
CREATE INDEX assignment_queue_lines on assignment_queue (inbox_id, team_id, created_at, conversation_id);
CREATE INDEX contacts_by_name on contacts (account_id, name_key, id);
CREATE INDEX contacts_unfolded on contacts (id) where folded_texts is null;
CREATE INDEX contacts_by_company on contacts (account_id, company_key, id);
CREATE INDEX contacts_by_city on contacts (account_id, city_key, id);
CREATE INDEX contacts_by_country on contacts (account_id, country_key, id);
CREATE INDEX conversations_unfolded on conversations (id) where folded_texts is null;
COMMIT;
pragma user_version = 120;
