-- The schema of version 0.1.0 on PostgreSQL, and the reference of its tables: in groups, each table after those that it refers
-- to. Times are integer milliseconds, booleans 0 or 1; JSON is text. Ids come from sequences: without a lock, and never twice.
-- A change is a new migration after this one; this file never changes.

-- ========== Installation ==========

-- Settings and secrets that the installation has generated for itself, by name.
create table installation (
  name text primary key,
  value text not null
);

-- ========== Accounts and users ==========

-- A company; everything below belongs to one. `last_display_id` counts its conversations; `cache_keys` holds, for each list
-- that clients cache, when it last changed.
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
  updated_at bigint not null,
  cache_keys text not null default '{}'
);
create sequence accounts_id_seq owned by accounts.id;

-- A person who signs in. Tokens are stored as they are, since the wire shows them again; the password is stored as a hash.
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
create sequence users_id_seq owned by users.id;

-- A user in an account, with role and availability.
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

-- A signed-in client of a user; its token is stored as a hash.
create table sign_ins (
  id bigint primary key,
  user_id bigint not null references users (id) on delete cascade,
  client text not null unique,
  token_hash text not null,
  expires_at bigint not null,
  created_at bigint not null
);
create sequence sign_ins_id_seq owned by sign_ins.id;
create index sign_ins_by_user on sign_ins (user_id, id);

-- Links with which a user sets a password or confirms an e-mail address, as hashes.
create table user_tokens (
  token_hash text primary key,
  user_id bigint not null references users (id) on delete cascade,
  -- The address that the link confirms; such a link sets no password.
  email text,
  expires_at bigint not null,
  created_at bigint not null
);
create index user_tokens_by_user on user_tokens (user_id);

-- Devices and browsers of a user that receive push notifications.
create table notification_subscriptions (
  id bigint primary key,
  user_id bigint not null references users (id) on delete cascade,
  subscription_type text not null,
  identifier text not null,
  push_token text,
  subscription_attributes text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (user_id, identifier)
);
create sequence notification_subscriptions_id_seq owned by notification_subscriptions.id;

-- ========== Settings of an account ==========

-- A team of agents, to which conversations can be assigned.
create table teams (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  description text,
  allow_auto_assign bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, name)
);
create sequence teams_id_seq owned by teams.id;

-- Users in a team.
create table team_members (
  team_id bigint not null references teams (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  primary key (team_id, user_id)
);
create index team_members_by_user on team_members (user_id);

-- Labels that an account has defined. `conversation_labels` and `contact_labels` hold their titles.
create table labels (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  title text not null,
  description text,
  color text not null,
  show_on_sidebar bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, title)
);
create sequence labels_id_seq owned by labels.id;

-- Renames and deletions of labels that conversations and contacts have yet to follow, in the order of their ids.
create table label_changes (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  title text not null,
  -- Null when the label was deleted.
  new_title text,
  created_at bigint not null
);
create sequence label_changes_id_seq owned by label_changes.id;

-- Accounts whose conversations and contacts may carry labels in a spelling of an older version (labels/label-titles.ts).
create table label_spellings_due (
  account_id bigint primary key references accounts (id) on delete cascade
);

-- Prepared texts that agents insert by their short code.
create table canned_responses (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  short_code text not null,
  content text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, short_code)
);
create sequence canned_responses_id_seq owned by canned_responses.id;

-- Filters that a user has saved in an account.
create table custom_filters (
  id bigint primary key,
  account_id bigint not null,
  user_id bigint not null,
  name text not null,
  filter_type text not null,
  query text not null,
  created_at bigint not null,
  updated_at bigint not null,
  foreign key (account_id, user_id) references account_users (account_id, user_id) on delete cascade
);
create sequence custom_filters_id_seq owned by custom_filters.id;
create index custom_filters_by_owner on custom_filters (account_id, user_id, filter_type, id);

-- Custom attributes of contacts and conversations, with their types.
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
create sequence custom_attribute_definitions_id_seq owned by custom_attribute_definitions.id;

-- Programs that receive events of conversations and answer through the agent API.
create table agent_bots (
  id bigint primary key,
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
create sequence agent_bots_id_seq owned by agent_bots.id;
create index agent_bots_by_account on agent_bots (account_id, id);

-- ========== Inboxes ==========

-- Where conversations arrive: settings, the public `identifier`, and the secrets of its API channel.
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
create sequence inboxes_id_seq owned by inboxes.id;
create index inboxes_by_account on inboxes (account_id);

-- Users who work in an inbox.
create table inbox_members (
  inbox_id bigint not null references inboxes (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  primary key (inbox_id, user_id)
);
create index inbox_members_by_user on inbox_members (user_id);

-- Inboxes that have lost their bot, and whose pending conversations have yet to open for agents.
create table bot_handoffs (
  inbox_id bigint primary key references inboxes (id) on delete cascade,
  account_id bigint not null,
  created_at bigint not null
);

-- ========== Contacts ==========

-- A person known to an account. `search_text`, the `*_key` columns and `folded_texts` are folded copies for search, sorting and
-- filters.
create table contacts (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  middle_name text not null,
  last_name text not null,
  email text collate "C",
  phone_number text collate "C",
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
  -- `last_activity_at` in steps of five minutes. An index on the time itself would make PostgreSQL write all indexes of the row
  -- with every message; a step seldom changes, so the row is updated in its page.
  activity_step bigint generated always as (last_activity_at / 300000) stored,
  search_text text,
  name_key text collate "C",
  folded_texts text,
  company_key text collate "C",
  city_key text collate "C",
  country_key text collate "C",
  unique (account_id, email),
  unique (account_id, phone_number),
  unique (account_id, identifier)
) with (fillfactor = 80);
create sequence contacts_id_seq owned by contacts.id;
create index contacts_by_activity on contacts (account_id, activity_step);
create index contacts_by_identity on contacts (account_id, email, phone_number, identifier);
create index contacts_by_name on contacts (account_id, name_key, id);
create index contacts_unfolded on contacts (id) where folded_texts is null;
create index contacts_by_company on contacts (account_id, company_key, id);
create index contacts_by_city on contacts (account_id, city_key, id);
create index contacts_by_country on contacts (account_id, country_key, id);

-- A session: one contact in one inbox. `source_id` names it, `pubsub_token` opens its socket.
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
create sequence contact_inboxes_id_seq owned by contact_inboxes.id;
create index contact_inboxes_by_contact on contact_inboxes (contact_id, hmac_verified);

-- Labels of a contact.
create table contact_labels (
  contact_id bigint not null references contacts (id) on delete cascade,
  label text not null,
  account_id bigint not null,
  primary key (contact_id, label)
);
create index contact_labels_by_label on contact_labels (account_id, label, contact_id);

-- Notes of agents about a contact.
create table notes (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  contact_id bigint not null references contacts (id) on delete cascade,
  user_id bigint references users (id) on delete set null,
  content text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create sequence notes_id_seq owned by notes.id;
create index notes_by_contact on notes (contact_id, id);

-- Addresses of pictures that contacts get, until the pictures are fetched.
create table avatar_wishes (
  contact_id bigint primary key references contacts (id) on delete cascade,
  account_id bigint not null,
  url text not null,
  -- 1: replaces the current picture; 0: only when there is none.
  replaces bigint not null
);

-- ========== Conversations ==========

-- A conversation between a session and the agents. `display_id` is its number on the wire, counted in the account.
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
  -- The columns up to `last_incoming_at` are kept by the message path, so that lists and events need no count and no search.
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
  -- See `contacts.activity_step`.
  activity_step bigint not null generated always as (last_activity_at / 300000) stored,
  folded_texts text,
  unique (account_id, display_id)
) with (fillfactor = 70);
create sequence conversations_id_seq owned by conversations.id;
create index conversations_by_session on conversations (contact_inbox_id, id);
create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;
create index conversations_by_creation on conversations (account_id, created_at);
create index conversations_by_number on conversations (account_id, status, id, inbox_id, assignee_id);
create index conversations_waiting
  on conversations (account_id, status, waiting_since, id, inbox_id, assignee_id) where waiting_since is not null;
create index conversations_by_bot on conversations (assignee_agent_bot_id) where assignee_agent_bot_id is not null;
create index conversations_by_contact on conversations (contact_id);
create index conversations_by_status on conversations (account_id, status, activity_step);
create index conversations_by_inbox on conversations (account_id, inbox_id, status, activity_step);
create index conversations_by_assignee on conversations (account_id, assignee_id, status, activity_step);
create index conversations_by_team on conversations (account_id, team_id, status, activity_step) where team_id is not null;
create index conversations_by_priority
  on conversations (account_id, status, priority, activity_step) where priority is not null;
create index conversations_unfolded on conversations (id) where folded_texts is null;

-- Labels of a conversation; `conversations.labels` holds the same as JSON.
create table conversation_labels (
  conversation_id bigint not null references conversations (id) on delete cascade,
  label text not null,
  account_id bigint not null,
  primary key (conversation_id, label)
);
create index conversation_labels_by_label on conversation_labels (account_id, label, conversation_id);

-- Users who follow a conversation.
create table conversation_participants (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  account_id bigint not null,
  created_at bigint not null,
  primary key (conversation_id, user_id)
);
create index conversation_participants_by_user on conversation_participants (account_id, user_id, conversation_id);

-- Texts that an agent has written and not sent.
create table conversation_drafts (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  message text not null,
  updated_at bigint not null,
  primary key (conversation_id, user_id)
);

-- Users who are mentioned in a conversation.
create table mentions (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  account_id bigint not null,
  mentioned_at bigint not null,
  primary key (conversation_id, user_id)
);
create index mentions_by_user on mentions (account_id, user_id, mentioned_at);

-- Open conversations that wait for an agent. Each inbox, and each of its teams, has a queue of its own; team 0 is none.
create table assignment_queue (
  conversation_id bigint primary key references conversations (id) on delete cascade,
  created_at bigint not null,
  inbox_id bigint not null default 0,
  team_id bigint not null default 0
);
create index assignment_queue_lines on assignment_queue (inbox_id, team_id, created_at, conversation_id);

-- Round robin: `scope` is an inbox or a team. User 0 counts the turns of the scope, every other row holds the last turn of a
-- user.
create table assignment_turns (
  scope text not null,
  user_id bigint not null,
  turn bigint not null,
  primary key (scope, user_id)
);

-- The number of conversations by status, inbox, assignee and team, as sums of steps: triggers add rows, so that writers never
-- wait for each other, and a background job adds them up. 0 is nobody and no team.
create table conversation_counts (
  account_id bigint not null,
  status text not null,
  inbox_id bigint not null,
  assignee_id bigint not null,
  team_id bigint not null,
  count bigint not null
);
create index conversation_counts_by_account on conversation_counts (account_id, status);

create function count_conversation() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
      values (old.account_id, old.status, old.inbox_id, coalesce(old.assignee_id, 0), coalesce(old.team_id, 0), -1);
  end if;
  if tg_op <> 'DELETE' then
    insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
      values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0), 1);
  end if;
  return null;
end $$;

create trigger conversations_counted after insert or delete on conversations
  for each row execute function count_conversation();

create trigger conversations_recounted after update of status, inbox_id, assignee_id, team_id on conversations
  for each row when (old.status is distinct from new.status or old.inbox_id is distinct from new.inbox_id
    or old.assignee_id is distinct from new.assignee_id or old.team_id is distinct from new.team_id)
  execute function count_conversation();

-- ========== Messages ==========

-- An entry of a conversation: incoming (0), outgoing (1), activity (2) or template (3).
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
create sequence messages_id_seq owned by messages.id;
create index messages_by_conversation on messages (conversation_id, id);
create index messages_by_source on messages (conversation_id, source_id) where source_id is not null;
create index messages_by_time
  on messages (account_id, created_at, message_type, inbox_id) where message_type in (0, 1) and private = 0;
create index messages_surveys on messages (account_id, created_at) where content_type = 'input_csat';
create unique index messages_by_echo on messages (conversation_id, echo_key) where echo_key is not null;
create index messages_unseen on messages (conversation_id, status, id) where message_type <> 0 and status <> 'read';
-- No query filters by these values, and analyzing them would take most of the time of an analysis.
alter table messages alter column content set statistics 0;
alter table messages alter column content_attributes set statistics 0;

-- Files, places and links of a message.
create table attachments (
  id bigint primary key,
  message_id bigint not null references messages (id) on delete cascade,
  account_id bigint not null,
  file_type text not null,
  -- Key in the file store; null for a place or a link.
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
  created_at bigint not null,
  conversation_id bigint
);
create sequence attachments_id_seq owned by attachments.id;
create index attachments_by_message on attachments (message_id, id);
create index attachments_by_file on attachments (file_key) where file_key is not null;
create index attachments_by_thumb on attachments (thumb_key) where thumb_key is not null;
create index attachments_by_conversation on attachments (conversation_id, id);

-- Answers to satisfaction surveys, one for each survey message.
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
create sequence csat_survey_responses_id_seq owned by csat_survey_responses.id;
create index csat_survey_responses_by_time on csat_survey_responses (account_id, created_at, id);

-- Stored files outside of messages: pictures of contacts, users and inboxes, and uploads of agents.
create table blobs (
  id bigint primary key,
  account_id bigint references accounts (id) on delete cascade,
  -- The record whose picture it is, `contact:<id>`; null for an upload.
  owner text unique,
  file_key text not null,
  file_name text not null,
  content_type text not null,
  file_size bigint not null,
  created_at bigint not null
);
create sequence blobs_id_seq owned by blobs.id;
create index blobs_by_file on blobs (file_key);
create index blobs_uploaded on blobs (created_at) where owner is null;

-- ========== Search ==========

-- Blocks of 4096 ids whose rows are in the index of the search (db/search). `noun` is 1 for messages, 2 for contacts.
create table search_blocks (
  noun bigint not null,
  block bigint not null,
  ready bigint not null,
  claimed_at bigint not null,
  primary key (noun, block)
);

-- The index: for each gram of a block and an account, the positions of the rows that contain it.
create table search_grams (
  noun bigint not null,
  block bigint not null,
  account_id bigint not null,
  gram text collate "C" not null,
  places text not null,
  primary key (noun, block, account_id, gram)
);
-- No query filters by these values, and analyzing them would take most of the time of an analysis.
alter table search_grams alter column places set statistics 0;

-- Rows of indexed blocks that have changed since, kept by triggers; the search reads these rows themselves.
create table search_changes (
  noun bigint not null,
  id bigint not null,
  account_id bigint not null,
  changed_at bigint not null,
  primary key (noun, id, account_id)
);

create function search_change(noun bigint, id bigint, account_id bigint) returns void language sql as $$
  insert into search_changes (noun, id, account_id, changed_at)
    values ($1, $2, $3, (extract(epoch from now()) * 1000)::bigint) on conflict do nothing
$$;

create function search_lost() returns trigger language plpgsql as $$
begin
  insert into search_changes (noun, id, account_id, changed_at)
    select distinct tg_argv[0]::bigint, id / 4096 * 4096, account_id, (extract(epoch from now()) * 1000)::bigint from lost
    on conflict do nothing;
  return null;
end $$;

create function search_changed() returns trigger language plpgsql as $$
begin
  perform search_change(tg_argv[0]::bigint, new.id, new.account_id);
  return null;
end $$;

create trigger messages_unsearched after delete on messages
  referencing old table as lost for each statement execute function search_lost('1');

create trigger messages_research after update of content, content_attributes on messages
  for each row when (new.content is distinct from old.content
    or position('"deleted":true' in new.content_attributes) <> position('"deleted":true' in old.content_attributes))
  execute function search_changed('1');

create trigger contacts_unsearched after delete on contacts
  referencing old table as lost for each statement execute function search_lost('2');

create trigger contacts_research after update of search_text on contacts
  for each row when (new.search_text is distinct from old.search_text)
  execute function search_changed('2');

-- ========== Event log ==========

-- A stream of events for one audience: a session, an inbox, an account, a user. Its row is locked to append.
create table streams (
  id bigint primary key,
  name text not null unique,
  last_offset bigint not null,
  -- Entries up to this offset are pruned; a position below it cannot be answered.
  pruned_offset bigint not null,
  last_entry_id bigint not null default 0,
  -- The newest entry before the last append: only the update knows it, once it has the lock.
  before_entry_id bigint not null default 0,
  pruned_at bigint not null default 0
) with (fillfactor = 50);
create sequence streams_id_seq owned by streams.id;

-- An event with its payload, stored once for all its streams.
create table events (
  -- The name is that of older databases.
  id bigint constraint events_pkey1 primary key,
  event text not null,
  -- Number of entries of this event; it is deleted with the last of them.
  entries bigint not null,
  created_at bigint not null,
  payload text not null
);
create sequence events_id_seq owned by events.id;
-- No query filters by these values, and analyzing them would take most of the time of an analysis.
alter table events alter column payload set statistics 0;

-- An event in a stream. An entry holds the id of the one before it, and only each 64th entry is indexed, so that busy streams
-- do not touch an index page for each event.
create table stream_entries (
  id bigint primary key,
  stream_id bigint not null,
  stream_offset bigint not null,
  -- The entry before it in its stream, 0 for the first.
  previous_id bigint not null,
  event_id bigint not null
);
create sequence stream_entries_id_seq owned by stream_entries.id;
create index stream_marks on stream_entries (stream_id, stream_offset) where stream_offset % 64 = 0;

-- ========== Idempotency ==========

-- The stored response of each `Idempotency-Key`, sealed with the key, of which only a hash is stored.
create table receipts (
  caller text not null,
  route text not null,
  key_hash text not null,
  request_hash text not null,
  -- Sealed with the key.
  answer text not null,
  created_at bigint not null,
  headers text,
  primary key (caller, route, key_hash)
);
create index receipts_by_time on receipts (created_at);

-- ========== Webhooks and mail ==========

-- Webhooks of an account.
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
create sequence webhooks_id_seq owned by webhooks.id;

-- The state of each receiver of deliveries: the webhook of an inbox, a webhook of the account, or a bot.
create table webhook_endpoints (
  endpoint text primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  -- Failed attempts in a row.
  failures bigint not null,
  resting_until bigint,
  -- The address that answered 410 Gone; another address is tried again.
  disabled_url text,
  last_success_at bigint,
  last_failure_at bigint,
  last_error text
);
create index webhook_endpoints_by_account on webhook_endpoints (account_id);

-- An event for one endpoint: pending until it is sent, then an entry of the delivery log.
create table webhook_deliveries (
  id bigint primary key,
  delivery_id text not null,
  account_id bigint not null references accounts (id) on delete cascade,
  -- `inbox:<id>`, `webhook:<id>` or `bot:<id>`
  endpoint text not null,
  event text not null,
  -- The queue of the delivery; null for deliveries without an order.
  conversation_id bigint,
  display_id bigint,
  message_id bigint,
  -- The status of the message before it was marked failed because of this delivery.
  message_status text,
  contact_id bigint,
  -- Empty once the contact was erased.
  payload text not null,
  -- `waiting` behind another of its queue, `pending` at `next_attempt_at`, `delivered`, `failed`
  status text not null,
  -- Sent once and soon, or not at all.
  is_transient bigint not null,
  attempts bigint not null,
  -- Of pending deliveries only. While the delivery is claimed: the end of the claim.
  next_attempt_at bigint,
  claim text,
  last_attempt_at bigint,
  settled_at bigint,
  response_status bigint,
  response_body text,
  error text,
  created_at bigint not null
);
create sequence webhook_deliveries_id_seq owned by webhook_deliveries.id;
create index webhook_deliveries_by_contact on webhook_deliveries (contact_id) where contact_id is not null;
create index webhook_deliveries_settled on webhook_deliveries (settled_at) where settled_at is not null;
create index webhook_deliveries_queued on webhook_deliveries (endpoint, conversation_id, id) where settled_at is null;
create unique index webhook_deliveries_in_turn
  on webhook_deliveries (endpoint, conversation_id) where next_attempt_at is not null;
create index webhook_deliveries_due on webhook_deliveries (endpoint, next_attempt_at, id) where next_attempt_at is not null;
create index webhook_deliveries_by_status on webhook_deliveries (account_id, status, id);
create index webhook_deliveries_by_endpoint on webhook_deliveries (account_id, endpoint, status, id);
create index webhook_deliveries_by_message on webhook_deliveries (message_id, id) where message_id is not null;
create index webhook_deliveries_transient on webhook_deliveries (settled_at) where is_transient = 1 and settled_at is not null;

-- E-mails that the mail server has not accepted yet, sealed with the secret of the installation.
create table letters (
  id text primary key,
  sealed text not null,
  -- The contact whom the e-mail quotes; it is deleted with the contact.
  contact_id bigint,
  attempts bigint not null,
  next_attempt_at bigint not null,
  created_at bigint not null
);
create index letters_due on letters (next_attempt_at);
create index letters_by_contact on letters (contact_id) where contact_id is not null;

-- ========== Notifications ==========

-- Which notifications a user gets by e-mail and by push, in an account.
create table notification_settings (
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  email_flags text not null,
  push_flags text not null,
  primary key (account_id, user_id)
);

-- A notification of a user about a conversation. `inbox_id` and `team_id` are copies from the conversation; team 0 is none.
create table notifications (
  id bigint primary key,
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
  updated_at bigint not null,
  inbox_id bigint not null default 0,
  team_id bigint not null default 0,
  unique (conversation_id, user_id, notification_type)
);
create sequence notifications_id_seq owned by notifications.id;
create index notifications_by_user on notifications (account_id, user_id, last_activity_at, id);
create index notifications_unread
  on notifications (account_id, user_id, snoozed_until, last_activity_at, id) where read_at is null;
create index notifications_snoozed on notifications (snoozed_until) where snoozed_until is not null;
-- For deleting all read notifications of a user.
create index notifications_read on notifications (account_id, user_id, id) where read_at is not null;
create index notifications_listed
  on notifications (account_id, user_id, last_activity_at, id) where read_at is null and snoozed_until is null;

create function move_notifications() returns trigger language plpgsql as $$
begin
  update notifications set inbox_id = new.inbox_id, team_id = coalesce(new.team_id, 0) where conversation_id = new.id;
  return null;
end $$;

create trigger notifications_moved after update of inbox_id, team_id on conversations
  for each row when (old.inbox_id is distinct from new.inbox_id or old.team_id is distinct from new.team_id)
  execute function move_notifications();

-- The number of notifications of a user by inbox, team and state, kept by triggers.
create table notification_counts (
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  inbox_id bigint not null,
  team_id bigint not null,
  is_read bigint not null,
  is_snoozed bigint not null,
  count bigint not null check (count >= 0),
  primary key (account_id, user_id, inbox_id, team_id, is_read, is_snoozed)
);

create function count_notification() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    update notification_counts set count = count - 1
      where account_id = old.account_id and user_id = old.user_id and inbox_id = old.inbox_id and team_id = old.team_id
        and is_read = (old.read_at is not null)::int and is_snoozed = (old.snoozed_until is not null)::int;
  end if;
  if tg_op <> 'DELETE' then
    insert into notification_counts as counts (account_id, user_id, inbox_id, team_id, is_read, is_snoozed, count)
      values (new.account_id, new.user_id, new.inbox_id, new.team_id, (new.read_at is not null)::int,
        (new.snoozed_until is not null)::int, 1)
      on conflict (account_id, user_id, inbox_id, team_id, is_read, is_snoozed) do update set count = counts.count + 1;
  end if;
  return null;
end $$;

create trigger notifications_counted after insert or delete on notifications
  for each row execute function count_notification();

create trigger notifications_recounted after update of read_at, snoozed_until, inbox_id, team_id on notifications
  for each row when ((old.read_at is null) <> (new.read_at is null) or (old.snoozed_until is null) <> (new.snoozed_until is null)
    or old.inbox_id <> new.inbox_id or old.team_id <> new.team_id)
  execute function count_notification();

-- ========== Reports ==========

-- Durations that reports are computed from, written in the transaction of the message that ended them.
create table report_events (
  id bigint primary key,
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
create sequence report_events_id_seq owned by report_events.id;
create index report_events_by_time on report_events (account_id, name, created_at);
create index report_events_by_conversation on report_events (conversation_id);
