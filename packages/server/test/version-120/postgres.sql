-- Written by the last build with single migrations: the schema of version 120 with an account, an inbox and two messages.
SET check_function_bodies = false;
CREATE FUNCTION public.count_conversation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.count_notification() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.move_notifications() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  update notifications set inbox_id = new.inbox_id, team_id = coalesce(new.team_id, 0) where conversation_id = new.id;
  return null;
end $$;
CREATE FUNCTION public.search_change(noun bigint, id bigint, account_id bigint) RETURNS void
    LANGUAGE sql
    AS $_$
  insert into search_changes (noun, id, account_id, changed_at)
    values ($1, $2, $3, (extract(epoch from now()) * 1000)::bigint) on conflict do nothing
$_$;
CREATE FUNCTION public.search_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform search_change(tg_argv[0]::bigint, new.id, new.account_id);
  return null;
end $$;
CREATE FUNCTION public.search_lost() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into search_changes (noun, id, account_id, changed_at)
    select distinct tg_argv[0]::bigint, id / 4096 * 4096, account_id, (extract(epoch from now()) * 1000)::bigint from lost
    on conflict do nothing;
  return null;
end $$;
CREATE TABLE public.account_users (
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role text NOT NULL,
    availability text NOT NULL,
    auto_offline bigint NOT NULL,
    inviter_id bigint,
    active_at bigint,
    created_at bigint NOT NULL
);
CREATE TABLE public.accounts (
    id bigint NOT NULL,
    name text NOT NULL,
    locale text NOT NULL,
    domain text,
    support_email text,
    status text NOT NULL,
    settings text NOT NULL,
    custom_attributes text NOT NULL,
    last_display_id bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    cache_keys text DEFAULT '{}'::text NOT NULL
);
CREATE SEQUENCE public.accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.accounts_id_seq OWNED BY public.accounts.id;
CREATE TABLE public.agent_bots (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    description text,
    outgoing_url text,
    bot_config text NOT NULL,
    avatar_url text,
    access_token text NOT NULL,
    secret text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.agent_bots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.agent_bots_id_seq OWNED BY public.agent_bots.id;
CREATE TABLE public.assignment_queue (
    conversation_id bigint NOT NULL,
    created_at bigint NOT NULL,
    inbox_id bigint DEFAULT 0 NOT NULL,
    team_id bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.assignment_turns (
    scope text NOT NULL,
    user_id bigint NOT NULL,
    turn bigint NOT NULL
);
CREATE TABLE public.attachments (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    account_id bigint NOT NULL,
    file_type text NOT NULL,
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
    meta text NOT NULL,
    created_at bigint NOT NULL,
    conversation_id bigint
);
CREATE SEQUENCE public.attachments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.attachments_id_seq OWNED BY public.attachments.id;
CREATE TABLE public.avatar_wishes (
    contact_id bigint NOT NULL,
    account_id bigint NOT NULL,
    url text NOT NULL,
    replaces bigint NOT NULL
);
CREATE TABLE public.blobs (
    id bigint NOT NULL,
    account_id bigint,
    owner text,
    file_key text NOT NULL,
    file_name text NOT NULL,
    content_type text NOT NULL,
    file_size bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.blobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.blobs_id_seq OWNED BY public.blobs.id;
CREATE TABLE public.bot_handoffs (
    inbox_id bigint NOT NULL,
    account_id bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.canned_responses (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    short_code text NOT NULL,
    content text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.canned_responses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.canned_responses_id_seq OWNED BY public.canned_responses.id;
CREATE TABLE public.contact_inboxes (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    source_id text NOT NULL,
    pubsub_token text NOT NULL,
    hmac_verified bigint NOT NULL,
    claims text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.contact_inboxes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.contact_inboxes_id_seq OWNED BY public.contact_inboxes.id;
CREATE TABLE public.contact_labels (
    contact_id bigint NOT NULL,
    label text NOT NULL,
    account_id bigint NOT NULL
);
CREATE TABLE public.contacts (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    middle_name text NOT NULL,
    last_name text NOT NULL,
    email text COLLATE pg_catalog."C",
    phone_number text COLLATE pg_catalog."C",
    identifier text,
    contact_type text NOT NULL,
    location text,
    country_code text,
    blocked bigint NOT NULL,
    additional_attributes text NOT NULL,
    custom_attributes text NOT NULL,
    avatar_url text,
    last_activity_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    activity_step bigint GENERATED ALWAYS AS ((last_activity_at / 300000)) STORED,
    search_text text,
    name_key text COLLATE pg_catalog."C",
    folded_texts text,
    company_key text COLLATE pg_catalog."C",
    city_key text COLLATE pg_catalog."C",
    country_key text COLLATE pg_catalog."C"
)
WITH (fillfactor='80');
CREATE SEQUENCE public.contacts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.contacts_id_seq OWNED BY public.contacts.id;
CREATE TABLE public.conversation_counts (
    account_id bigint NOT NULL,
    status text NOT NULL,
    inbox_id bigint NOT NULL,
    assignee_id bigint NOT NULL,
    team_id bigint NOT NULL,
    count bigint NOT NULL
);
CREATE TABLE public.conversation_drafts (
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    message text NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.conversation_labels (
    conversation_id bigint NOT NULL,
    label text NOT NULL,
    account_id bigint NOT NULL
);
CREATE TABLE public.conversation_participants (
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    account_id bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.conversations (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    display_id bigint NOT NULL,
    uuid text NOT NULL,
    inbox_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    contact_inbox_id bigint NOT NULL,
    status text NOT NULL,
    priority text,
    assignee_id bigint,
    assignee_agent_bot_id bigint,
    team_id bigint,
    labels text NOT NULL,
    snoozed_until bigint,
    waiting_since bigint,
    first_reply_created_at bigint,
    last_activity_at bigint NOT NULL,
    contact_last_seen_at bigint,
    agent_last_seen_at bigint,
    assignee_last_seen_at bigint,
    additional_attributes text NOT NULL,
    custom_attributes text NOT NULL,
    unread_count bigint NOT NULL,
    last_message_id bigint,
    last_non_activity_message_id bigint,
    last_public_message_id bigint,
    has_outgoing bigint NOT NULL,
    has_template bigint NOT NULL,
    has_csat bigint NOT NULL,
    last_template_at bigint,
    last_agent_message_at bigint,
    last_incoming_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    activity_step bigint GENERATED ALWAYS AS ((last_activity_at / 300000)) STORED NOT NULL,
    folded_texts text
)
WITH (fillfactor='70');
CREATE SEQUENCE public.conversations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.conversations_id_seq OWNED BY public.conversations.id;
CREATE TABLE public.csat_survey_responses (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    message_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    assigned_agent_id bigint,
    rating bigint NOT NULL,
    feedback_message text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.csat_survey_responses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.csat_survey_responses_id_seq OWNED BY public.csat_survey_responses.id;
CREATE TABLE public.custom_attribute_definitions (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    attribute_model text NOT NULL,
    attribute_key text NOT NULL,
    attribute_display_name text NOT NULL,
    attribute_display_type text NOT NULL,
    attribute_description text,
    attribute_values text NOT NULL,
    regex_pattern text,
    regex_cue text,
    default_value text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.custom_attribute_definitions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.custom_attribute_definitions_id_seq OWNED BY public.custom_attribute_definitions.id;
CREATE TABLE public.custom_filters (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    filter_type text NOT NULL,
    query text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.custom_filters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.custom_filters_id_seq OWNED BY public.custom_filters.id;
CREATE TABLE public.events (
    id bigint NOT NULL,
    event text NOT NULL,
    entries bigint NOT NULL,
    created_at bigint NOT NULL,
    payload text NOT NULL
);
ALTER TABLE ONLY public.events ALTER COLUMN payload SET STATISTICS 0;
CREATE SEQUENCE public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;
CREATE TABLE public.inbox_members (
    inbox_id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.inboxes (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    identifier text NOT NULL,
    webhook_url text,
    hmac_token text NOT NULL,
    previous_hmac_token text,
    previous_hmac_token_until bigint,
    secret text NOT NULL,
    identity_policy text NOT NULL,
    additional_attributes text NOT NULL,
    avatar_url text,
    greeting_enabled bigint NOT NULL,
    greeting_message text,
    working_hours_enabled bigint NOT NULL,
    working_hours text NOT NULL,
    out_of_office_message text,
    timezone text NOT NULL,
    enable_email_collect bigint NOT NULL,
    enable_auto_assignment bigint NOT NULL,
    auto_assignment_config text NOT NULL,
    csat_survey_enabled bigint NOT NULL,
    csat_config text NOT NULL,
    allow_messages_after_resolved bigint NOT NULL,
    lock_to_single_conversation bigint NOT NULL,
    sender_name_type text NOT NULL,
    business_name text,
    allowed_origins text NOT NULL,
    agent_bot_id bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.inboxes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inboxes_id_seq OWNED BY public.inboxes.id;
CREATE TABLE public.installation (
    name text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.label_changes (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    title text NOT NULL,
    new_title text,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.label_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.label_changes_id_seq OWNED BY public.label_changes.id;
CREATE TABLE public.label_spellings_due (
    account_id bigint NOT NULL
);
CREATE TABLE public.labels (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    title text NOT NULL,
    description text,
    color text NOT NULL,
    show_on_sidebar bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.labels_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.labels_id_seq OWNED BY public.labels.id;
CREATE TABLE public.letters (
    id text NOT NULL,
    sealed text NOT NULL,
    contact_id bigint,
    attempts bigint NOT NULL,
    next_attempt_at bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.mentions (
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    account_id bigint NOT NULL,
    mentioned_at bigint NOT NULL
);
CREATE TABLE public.messages (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    message_type bigint NOT NULL,
    content text,
    content_type text NOT NULL,
    content_attributes text NOT NULL,
    additional_attributes text NOT NULL,
    private bigint NOT NULL,
    status text NOT NULL,
    source_id text,
    sender_type text,
    sender_id bigint,
    echo_id text,
    echo_key text,
    request_hash text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
ALTER TABLE ONLY public.messages ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.messages ALTER COLUMN content_attributes SET STATISTICS 0;
CREATE SEQUENCE public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.messages_id_seq OWNED BY public.messages.id;
CREATE TABLE public.notes (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    user_id bigint,
    content text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.notes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notes_id_seq OWNED BY public.notes.id;
CREATE TABLE public.notification_counts (
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    team_id bigint NOT NULL,
    is_read bigint NOT NULL,
    is_snoozed bigint NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT notification_counts_count_check CHECK ((count >= 0))
);
CREATE TABLE public.notification_settings (
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    email_flags text NOT NULL,
    push_flags text NOT NULL
);
CREATE TABLE public.notification_subscriptions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    subscription_type text NOT NULL,
    identifier text NOT NULL,
    push_token text,
    subscription_attributes text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.notification_subscriptions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notification_subscriptions_id_seq OWNED BY public.notification_subscriptions.id;
CREATE TABLE public.notifications (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    notification_type text NOT NULL,
    conversation_id bigint NOT NULL,
    secondary_actor_type text,
    secondary_actor_id bigint,
    read_at bigint,
    snoozed_until bigint,
    last_activity_at bigint NOT NULL,
    meta text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    inbox_id bigint DEFAULT 0 NOT NULL,
    team_id bigint DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notifications_id_seq OWNED BY public.notifications.id;
CREATE TABLE public.receipts (
    caller text NOT NULL,
    route text NOT NULL,
    key_hash text NOT NULL,
    request_hash text NOT NULL,
    answer text NOT NULL,
    created_at bigint NOT NULL,
    headers text
);
CREATE TABLE public.report_events (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    value bigint NOT NULL,
    value_in_business_hours bigint NOT NULL,
    conversation_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    user_id bigint,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.report_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.report_events_id_seq OWNED BY public.report_events.id;
CREATE TABLE public.schema_version (
    version bigint NOT NULL
);
CREATE TABLE public.search_blocks (
    noun bigint NOT NULL,
    block bigint NOT NULL,
    ready bigint NOT NULL,
    claimed_at bigint NOT NULL
);
CREATE TABLE public.search_changes (
    noun bigint NOT NULL,
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    changed_at bigint NOT NULL
);
CREATE TABLE public.search_grams (
    noun bigint NOT NULL,
    block bigint NOT NULL,
    account_id bigint NOT NULL,
    gram text NOT NULL COLLATE pg_catalog."C",
    places text NOT NULL
);
ALTER TABLE ONLY public.search_grams ALTER COLUMN places SET STATISTICS 0;
CREATE TABLE public.sign_ins (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    client text NOT NULL,
    token_hash text NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.sign_ins_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sign_ins_id_seq OWNED BY public.sign_ins.id;
CREATE TABLE public.stream_entries (
    id bigint NOT NULL,
    stream_id bigint NOT NULL,
    stream_offset bigint NOT NULL,
    previous_id bigint NOT NULL,
    event_id bigint NOT NULL
);
CREATE SEQUENCE public.stream_entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.stream_entries_id_seq OWNED BY public.stream_entries.id;
CREATE TABLE public.streams (
    id bigint NOT NULL,
    name text NOT NULL,
    last_offset bigint NOT NULL,
    pruned_offset bigint NOT NULL,
    last_entry_id bigint DEFAULT 0 NOT NULL,
    before_entry_id bigint DEFAULT 0 NOT NULL,
    pruned_at bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');
CREATE SEQUENCE public.streams_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.streams_id_seq OWNED BY public.streams.id;
CREATE TABLE public.team_members (
    team_id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.teams (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    description text,
    allow_auto_assign bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.teams_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.teams_id_seq OWNED BY public.teams.id;
CREATE TABLE public.user_tokens (
    token_hash text NOT NULL,
    user_id bigint NOT NULL,
    email text,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.users (
    id bigint NOT NULL,
    name text NOT NULL,
    display_name text,
    email text NOT NULL,
    password_hash text,
    access_token text NOT NULL,
    pubsub_token text NOT NULL,
    message_signature text,
    avatar_url text,
    ui_settings text NOT NULL,
    custom_attributes text NOT NULL,
    confirmed bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
CREATE TABLE public.webhook_deliveries (
    id bigint NOT NULL,
    delivery_id text NOT NULL,
    account_id bigint NOT NULL,
    endpoint text NOT NULL,
    event text NOT NULL,
    conversation_id bigint,
    display_id bigint,
    message_id bigint,
    message_status text,
    contact_id bigint,
    payload text NOT NULL,
    status text NOT NULL,
    is_transient bigint NOT NULL,
    attempts bigint NOT NULL,
    next_attempt_at bigint,
    claim text,
    last_attempt_at bigint,
    settled_at bigint,
    response_status bigint,
    response_body text,
    error text,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.webhook_deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.webhook_deliveries_id_seq OWNED BY public.webhook_deliveries.id;
CREATE TABLE public.webhook_endpoints (
    endpoint text NOT NULL,
    account_id bigint NOT NULL,
    failures bigint NOT NULL,
    resting_until bigint,
    disabled_url text,
    last_success_at bigint,
    last_failure_at bigint,
    last_error text
);
CREATE TABLE public.webhooks (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    inbox_id bigint,
    name text,
    url text NOT NULL,
    subscriptions text NOT NULL,
    secret text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE SEQUENCE public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.webhooks_id_seq OWNED BY public.webhooks.id;
INSERT INTO public.account_users VALUES (1, 1, 'administrator', 'online', 1, NULL, NULL, 1796081120575);
INSERT INTO public.accounts VALUES (1, 'Acme', 'en', NULL, NULL, 'active', '{}', '{}', 1, 1796081120569, 1796081120569, '{"inbox":1796081120}');
INSERT INTO public.assignment_queue VALUES (1, 1796081120688, 1, 0);
INSERT INTO public.contact_inboxes VALUES (1, 1, 1, 1, '1dc0ced7-c29c-41e9-bde3-4bfcbce06190', 'f5j1EkN3rz5BZB94AdDR9UoV', 0, '{}', 1796081120641, 1796081120641);
INSERT INTO public.contacts VALUES (1, 1, 'Ann', '', '', 'ann@example.test', NULL, NULL, 'lead', NULL, NULL, 0, '{}', '{}', NULL, 1796081120725, 1796081120638, 1796081120725, DEFAULT, 'ann ann@example.test  ', 'ann', '{}', NULL, NULL, NULL);
INSERT INTO public.conversation_counts VALUES (1, 'open', 1, 0, 0, 1);
INSERT INTO public.conversations VALUES (1, 1, 1, '8ffa23c0-8691-47bd-bc9f-3d7d6fd501c8', 1, 1, 1, 'open', NULL, NULL, NULL, NULL, '[]', NULL, 1796081120668, NULL, 1796081120725, NULL, NULL, NULL, '{}', '{}', 2, 2, 2, 2, 0, 0, 0, NULL, NULL, 1796081120725, 1796081120668, 1796081120725, DEFAULT, '{}');
INSERT INTO public.events VALUES (1, 'access', 1, 1796081120596, '{"event":"access","data":{"account_id":1,"user_id":1}}');
INSERT INTO public.events VALUES (2, 'account.cache_invalidated', 1, 1796081120596, '{"event":"account.cache_invalidated","data":{"cache_keys":{"label":"0000000000","inbox":"1796081120","team":"0000000000"},"account_id":1}}');
INSERT INTO public.events VALUES (3, 'access', 1, 1796081120596, '{"event":"access","data":{"account_id":1,"inbox_id":1}}');
INSERT INTO public.events VALUES (4, 'contact.created', 1, 1796081120643, '{"event":"contact.created","data":{"account_id":1,"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"}}');
INSERT INTO public.events VALUES (5, 'conversation.created', 1, 1796081120690, '{"event":"conversation.created","data":{"account_id":1,"id":1,"inbox_id":1,"status":"open","priority":null,"unread_count":0,"can_reply":true,"labels":[],"additional_attributes":{},"custom_attributes":{},"snoozed_until":null,"created_at":1796081120,"updated_at":1796081120.668,"timestamp":1796081120,"last_activity_at":1796081120,"agent_last_seen_at":0,"contact_last_seen_at":0,"waiting_since":1796081120,"channel":"Channel::Api","first_reply_created_at":null,"contact_inbox":{"id":1,"contact_id":1,"inbox_id":1,"source_id":"1dc0ced7-c29c-41e9-bde3-4bfcbce06190","created_at":"2026-11-30T23:25:20.641Z","updated_at":"2026-11-30T23:25:20.641Z","hmac_verified":false,"pubsub_token":null},"messages":[],"meta":{"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"assignee":null,"assignee_type":null,"team":null,"hmac_verified":false}}}');
INSERT INTO public.events VALUES (6, 'conversation.created', 1, 1796081120690, '{"event":"conversation.created","data":{"account_id":1,"id":1,"inbox_id":1,"status":"open","priority":null,"unread_count":0,"can_reply":true,"labels":[],"additional_attributes":{},"custom_attributes":{},"snoozed_until":null,"created_at":1796081120,"updated_at":1796081120.668,"timestamp":1796081120,"last_activity_at":1796081120,"agent_last_seen_at":0,"contact_last_seen_at":0,"waiting_since":1796081120,"channel":"Channel::Api","first_reply_created_at":null,"contact_inbox":{"id":1,"contact_id":1,"inbox_id":1,"source_id":"1dc0ced7-c29c-41e9-bde3-4bfcbce06190","created_at":"2026-11-30T23:25:20.641Z","updated_at":"2026-11-30T23:25:20.641Z","hmac_verified":false,"pubsub_token":"f5j1EkN3rz5BZB94AdDR9UoV"},"messages":[],"meta":{"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"assignee":null,"assignee_type":null,"team":null,"hmac_verified":false}}}');
INSERT INTO public.events VALUES (7, 'message.created', 2, 1796081120709, '{"event":"message.created","data":{"id":1,"content":"Where is my order?","message_type":0,"content_type":"text","content_attributes":{},"created_at":1796081120,"conversation_id":1,"inbox_id":1,"status":"sent","private":false,"source_id":null,"account_id":1,"updated_at":"2026-11-30T23:25:20.708Z","additional_attributes":{},"external_source_ids":{},"processed_message_content":"Where is my order?","sentiment":{},"sender_type":"Contact","sender_id":1,"conversation":{"assignee_id":null,"unread_count":1,"last_activity_at":1796081120,"contact_inbox":{"source_id":"1dc0ced7-c29c-41e9-bde3-4bfcbce06190"}},"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"echo_id":"Where is my order?"}}');
INSERT INTO public.events VALUES (8, 'contact.updated', 1, 1796081120709, '{"event":"contact.updated","data":{"account_id":1,"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"}}');
INSERT INTO public.events VALUES (9, 'message.created', 2, 1796081120726, '{"event":"message.created","data":{"id":2,"content":"Number 4711","message_type":0,"content_type":"text","content_attributes":{},"created_at":1796081120,"conversation_id":1,"inbox_id":1,"status":"sent","private":false,"source_id":null,"account_id":1,"updated_at":"2026-11-30T23:25:20.725Z","additional_attributes":{},"external_source_ids":{},"processed_message_content":"Number 4711","sentiment":{},"sender_type":"Contact","sender_id":1,"conversation":{"assignee_id":null,"unread_count":2,"last_activity_at":1796081120,"contact_inbox":{"source_id":"1dc0ced7-c29c-41e9-bde3-4bfcbce06190"}},"sender":{"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"},"echo_id":"Number 4711"}}');
INSERT INTO public.events VALUES (10, 'contact.updated', 1, 1796081120726, '{"event":"contact.updated","data":{"account_id":1,"additional_attributes":{},"custom_attributes":{},"email":"ann@example.test","id":1,"identifier":null,"name":"Ann","phone_number":null,"thumbnail":"","blocked":false,"type":"contact"}}');
INSERT INTO public.inbox_members VALUES (1, 1, 1796081120594);
INSERT INTO public.inboxes VALUES (1, 1, 'Shop', 'MyvPrNznchWR6hZQwLTX4uqS', NULL, 'VDZSBrVhuXNjSEf4LLQZjP6f', NULL, NULL, 'enz2HcVkzH75dH73EdNEHVfJ', 'safe', '{}', NULL, 0, NULL, 0, '[{"day_of_week":0,"closed_all_day":true,"open_all_day":false,"open_hour":null,"open_minutes":null,"close_hour":null,"close_minutes":null},{"day_of_week":1,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":2,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":3,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":4,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":5,"closed_all_day":false,"open_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0},{"day_of_week":6,"closed_all_day":true,"open_all_day":false,"open_hour":null,"open_minutes":null,"close_hour":null,"close_minutes":null}]', NULL, 'UTC', 1, 1, '{}', 0, '{}', 1, 0, 'friendly', NULL, '[]', NULL, 1796081120577, 1796081120577);
INSERT INTO public.installation VALUES ('key', 'Lp15xpQxdCX4rpwqDkaEhoDrGCR4wQCvVBNvEW4PmWmv9Lnb');
INSERT INTO public.installation VALUES ('epoch', 'ytDNDJC9');
INSERT INTO public.messages VALUES (1, 1, 1, 1, 0, 'Where is my order?', 'text', '{}', '{}', 0, 'sent', NULL, 'Contact', 1, '"Where is my order?"', 'c:Where is my order?', 'ed9c20fce8965863d4a6df7cc0a6c97e9b52dfad0225d91596dc5dce772e88e7', 1796081120708, 1796081120708);
INSERT INTO public.messages VALUES (2, 1, 1, 1, 0, 'Number 4711', 'text', '{}', '{}', 0, 'sent', NULL, 'Contact', 1, '"Number 4711"', 'c:Number 4711', 'f3e6e549e2632289a77a652148d859a861871338227d19828b3dce191e3fd2c6', 1796081120725, 1796081120725);
INSERT INTO public.schema_version VALUES (1);
INSERT INTO public.schema_version VALUES (2);
INSERT INTO public.schema_version VALUES (3);
INSERT INTO public.schema_version VALUES (10);
INSERT INTO public.schema_version VALUES (30);
INSERT INTO public.schema_version VALUES (30);
INSERT INTO public.schema_version VALUES (31);
INSERT INTO public.schema_version VALUES (31);
INSERT INTO public.schema_version VALUES (32);
INSERT INTO public.schema_version VALUES (32);
INSERT INTO public.schema_version VALUES (33);
INSERT INTO public.schema_version VALUES (33);
INSERT INTO public.schema_version VALUES (34);
INSERT INTO public.schema_version VALUES (34);
INSERT INTO public.schema_version VALUES (35);
INSERT INTO public.schema_version VALUES (35);
INSERT INTO public.schema_version VALUES (36);
INSERT INTO public.schema_version VALUES (40);
INSERT INTO public.schema_version VALUES (41);
INSERT INTO public.schema_version VALUES (42);
INSERT INTO public.schema_version VALUES (43);
INSERT INTO public.schema_version VALUES (44);
INSERT INTO public.schema_version VALUES (45);
INSERT INTO public.schema_version VALUES (46);
INSERT INTO public.schema_version VALUES (50);
INSERT INTO public.schema_version VALUES (51);
INSERT INTO public.schema_version VALUES (52);
INSERT INTO public.schema_version VALUES (53);
INSERT INTO public.schema_version VALUES (54);
INSERT INTO public.schema_version VALUES (55);
INSERT INTO public.schema_version VALUES (56);
INSERT INTO public.schema_version VALUES (57);
INSERT INTO public.schema_version VALUES (58);
INSERT INTO public.schema_version VALUES (59);
INSERT INTO public.schema_version VALUES (60);
INSERT INTO public.schema_version VALUES (61);
INSERT INTO public.schema_version VALUES (62);
INSERT INTO public.schema_version VALUES (70);
INSERT INTO public.schema_version VALUES (81);
INSERT INTO public.schema_version VALUES (85);
INSERT INTO public.schema_version VALUES (86);
INSERT INTO public.schema_version VALUES (87);
INSERT INTO public.schema_version VALUES (88);
INSERT INTO public.schema_version VALUES (89);
INSERT INTO public.schema_version VALUES (96);
INSERT INTO public.schema_version VALUES (97);
INSERT INTO public.schema_version VALUES (98);
INSERT INTO public.schema_version VALUES (99);
INSERT INTO public.schema_version VALUES (110);
INSERT INTO public.schema_version VALUES (120);
INSERT INTO public.stream_entries VALUES (1, 1, 1, 0, 1);
INSERT INTO public.stream_entries VALUES (3, 1, 2, 1, 3);
INSERT INTO public.stream_entries VALUES (2, 2, 1, 0, 2);
INSERT INTO public.stream_entries VALUES (4, 2, 2, 2, 4);
INSERT INTO public.stream_entries VALUES (5, 3, 1, 0, 5);
INSERT INTO public.stream_entries VALUES (6, 4, 1, 0, 6);
INSERT INTO public.stream_entries VALUES (9, 2, 3, 4, 8);
INSERT INTO public.stream_entries VALUES (7, 3, 2, 5, 7);
INSERT INTO public.stream_entries VALUES (8, 4, 2, 6, 7);
INSERT INTO public.stream_entries VALUES (12, 2, 4, 9, 10);
INSERT INTO public.stream_entries VALUES (10, 3, 3, 7, 9);
INSERT INTO public.stream_entries VALUES (11, 4, 3, 8, 9);
INSERT INTO public.streams VALUES (1, 'access', 2, 0, 3, 0, 0);
INSERT INTO public.streams VALUES (2, 'account:1', 4, 0, 12, 9, 0);
INSERT INTO public.streams VALUES (3, 'inbox:1', 3, 0, 10, 7, 0);
INSERT INTO public.streams VALUES (4, 'session:1', 3, 0, 11, 8, 0);
INSERT INTO public.users VALUES (1, 'ada', NULL, 'ada@example.test', '$argon2id$v=19$m=19456,t=2,p=1$8/Zg/E/n0Nn4X37a+Y9Ojg$O7PBprJKyacQx9Fnn+OIUdlGjiaIdp+nOUw0OB9nuQ8', 'JzYpvrMq9p6PCPPLZc9Xtyuy', 'QHoNpWUFBLyim4pZD3vWVLvR', NULL, NULL, '{}', '{}', 1, 1796081120573, 1796081120573);
SELECT pg_catalog.setval('public.accounts_id_seq', 1, true);
SELECT pg_catalog.setval('public.agent_bots_id_seq', 1, false);
SELECT pg_catalog.setval('public.attachments_id_seq', 1, false);
SELECT pg_catalog.setval('public.blobs_id_seq', 1, false);
SELECT pg_catalog.setval('public.canned_responses_id_seq', 1, false);
SELECT pg_catalog.setval('public.contact_inboxes_id_seq', 1, true);
SELECT pg_catalog.setval('public.contacts_id_seq', 1, true);
SELECT pg_catalog.setval('public.conversations_id_seq', 1, true);
SELECT pg_catalog.setval('public.csat_survey_responses_id_seq', 1, false);
SELECT pg_catalog.setval('public.custom_attribute_definitions_id_seq', 1, false);
SELECT pg_catalog.setval('public.custom_filters_id_seq', 1, false);
SELECT pg_catalog.setval('public.events_id_seq', 10, true);
SELECT pg_catalog.setval('public.inboxes_id_seq', 1, true);
SELECT pg_catalog.setval('public.label_changes_id_seq', 1, false);
SELECT pg_catalog.setval('public.labels_id_seq', 1, false);
SELECT pg_catalog.setval('public.messages_id_seq', 2, true);
SELECT pg_catalog.setval('public.notes_id_seq', 1, false);
SELECT pg_catalog.setval('public.notification_subscriptions_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_id_seq', 1, false);
SELECT pg_catalog.setval('public.report_events_id_seq', 1, false);
SELECT pg_catalog.setval('public.sign_ins_id_seq', 1, false);
SELECT pg_catalog.setval('public.stream_entries_id_seq', 12, true);
SELECT pg_catalog.setval('public.streams_id_seq', 4, true);
SELECT pg_catalog.setval('public.teams_id_seq', 1, false);
SELECT pg_catalog.setval('public.users_id_seq', 1, true);
SELECT pg_catalog.setval('public.webhook_deliveries_id_seq', 1, false);
SELECT pg_catalog.setval('public.webhooks_id_seq', 1, false);
ALTER TABLE ONLY public.account_users
    ADD CONSTRAINT account_users_pkey PRIMARY KEY (account_id, user_id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.agent_bots
    ADD CONSTRAINT agent_bots_access_token_key UNIQUE (access_token);
ALTER TABLE ONLY public.agent_bots
    ADD CONSTRAINT agent_bots_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.assignment_queue
    ADD CONSTRAINT assignment_queue_pkey PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.assignment_turns
    ADD CONSTRAINT assignment_turns_pkey PRIMARY KEY (scope, user_id);
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.avatar_wishes
    ADD CONSTRAINT avatar_wishes_pkey PRIMARY KEY (contact_id);
ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_owner_key UNIQUE (owner);
ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.bot_handoffs
    ADD CONSTRAINT bot_handoffs_pkey PRIMARY KEY (inbox_id);
ALTER TABLE ONLY public.canned_responses
    ADD CONSTRAINT canned_responses_account_id_short_code_key UNIQUE (account_id, short_code);
ALTER TABLE ONLY public.canned_responses
    ADD CONSTRAINT canned_responses_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_inbox_id_source_id_key UNIQUE (inbox_id, source_id);
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_pubsub_token_key UNIQUE (pubsub_token);
ALTER TABLE ONLY public.contact_labels
    ADD CONSTRAINT contact_labels_pkey PRIMARY KEY (contact_id, label);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_account_id_email_key UNIQUE (account_id, email);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_account_id_identifier_key UNIQUE (account_id, identifier);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_account_id_phone_number_key UNIQUE (account_id, phone_number);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.conversation_drafts
    ADD CONSTRAINT conversation_drafts_pkey PRIMARY KEY (conversation_id, user_id);
ALTER TABLE ONLY public.conversation_labels
    ADD CONSTRAINT conversation_labels_pkey PRIMARY KEY (conversation_id, label);
ALTER TABLE ONLY public.conversation_participants
    ADD CONSTRAINT conversation_participants_pkey PRIMARY KEY (conversation_id, user_id);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_display_id_key UNIQUE (account_id, display_id);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_uuid_key UNIQUE (uuid);
ALTER TABLE ONLY public.csat_survey_responses
    ADD CONSTRAINT csat_survey_responses_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.csat_survey_responses
    ADD CONSTRAINT csat_survey_responses_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.custom_attribute_definitions
    ADD CONSTRAINT custom_attribute_definitions_account_id_attribute_model_att_key UNIQUE (account_id, attribute_model, attribute_key);
ALTER TABLE ONLY public.custom_attribute_definitions
    ADD CONSTRAINT custom_attribute_definitions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.custom_filters
    ADD CONSTRAINT custom_filters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey1 PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox_members
    ADD CONSTRAINT inbox_members_pkey PRIMARY KEY (inbox_id, user_id);
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_identifier_key UNIQUE (identifier);
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.label_changes
    ADD CONSTRAINT label_changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.label_spellings_due
    ADD CONSTRAINT label_spellings_due_pkey PRIMARY KEY (account_id);
ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_account_id_title_key UNIQUE (account_id, title);
ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_pkey PRIMARY KEY (conversation_id, user_id);
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notification_counts
    ADD CONSTRAINT notification_counts_pkey PRIMARY KEY (account_id, user_id, inbox_id, team_id, is_read, is_snoozed);
ALTER TABLE ONLY public.notification_settings
    ADD CONSTRAINT notification_settings_pkey PRIMARY KEY (account_id, user_id);
ALTER TABLE ONLY public.notification_subscriptions
    ADD CONSTRAINT notification_subscriptions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notification_subscriptions
    ADD CONSTRAINT notification_subscriptions_user_id_identifier_key UNIQUE (user_id, identifier);
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_conversation_id_user_id_notification_type_key UNIQUE (conversation_id, user_id, notification_type);
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_pkey PRIMARY KEY (caller, route, key_hash);
ALTER TABLE ONLY public.report_events
    ADD CONSTRAINT report_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.search_blocks
    ADD CONSTRAINT search_blocks_pkey PRIMARY KEY (noun, block);
ALTER TABLE ONLY public.search_changes
    ADD CONSTRAINT search_changes_pkey PRIMARY KEY (noun, id, account_id);
ALTER TABLE ONLY public.search_grams
    ADD CONSTRAINT search_grams_pkey PRIMARY KEY (noun, block, account_id, gram);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_client_key UNIQUE (client);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stream_entries
    ADD CONSTRAINT stream_entries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams
    ADD CONSTRAINT streams_name_key UNIQUE (name);
ALTER TABLE ONLY public.streams
    ADD CONSTRAINT streams_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (team_id, user_id);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_account_id_name_key UNIQUE (account_id, name);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.user_tokens
    ADD CONSTRAINT user_tokens_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_access_token_key UNIQUE (access_token);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pubsub_token_key UNIQUE (pubsub_token);
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (endpoint);
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_account_id_url_key UNIQUE (account_id, url);
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);
CREATE INDEX account_users_by_user ON public.account_users USING btree (user_id);
CREATE INDEX agent_bots_by_account ON public.agent_bots USING btree (account_id, id);
CREATE INDEX assignment_queue_lines ON public.assignment_queue USING btree (inbox_id, team_id, created_at, conversation_id);
CREATE INDEX attachments_by_conversation ON public.attachments USING btree (conversation_id, id);
CREATE INDEX attachments_by_file ON public.attachments USING btree (file_key) WHERE (file_key IS NOT NULL);
CREATE INDEX attachments_by_message ON public.attachments USING btree (message_id, id);
CREATE INDEX attachments_by_thumb ON public.attachments USING btree (thumb_key) WHERE (thumb_key IS NOT NULL);
CREATE INDEX blobs_by_file ON public.blobs USING btree (file_key);
CREATE INDEX blobs_uploaded ON public.blobs USING btree (created_at) WHERE (owner IS NULL);
CREATE INDEX contact_inboxes_by_contact ON public.contact_inboxes USING btree (contact_id, hmac_verified);
CREATE INDEX contact_labels_by_label ON public.contact_labels USING btree (account_id, label, contact_id);
CREATE INDEX contacts_by_activity ON public.contacts USING btree (account_id, activity_step);
CREATE INDEX contacts_by_city ON public.contacts USING btree (account_id, city_key, id);
CREATE INDEX contacts_by_company ON public.contacts USING btree (account_id, company_key, id);
CREATE INDEX contacts_by_country ON public.contacts USING btree (account_id, country_key, id);
CREATE INDEX contacts_by_identity ON public.contacts USING btree (account_id, email, phone_number, identifier);
CREATE INDEX contacts_by_name ON public.contacts USING btree (account_id, name_key, id);
CREATE INDEX contacts_unfolded ON public.contacts USING btree (id) WHERE (folded_texts IS NULL);
CREATE INDEX conversation_counts_by_account ON public.conversation_counts USING btree (account_id, status);
CREATE INDEX conversation_labels_by_label ON public.conversation_labels USING btree (account_id, label, conversation_id);
CREATE INDEX conversation_participants_by_user ON public.conversation_participants USING btree (account_id, user_id, conversation_id);
CREATE INDEX conversations_by_assignee ON public.conversations USING btree (account_id, assignee_id, status, activity_step);
CREATE INDEX conversations_by_bot ON public.conversations USING btree (assignee_agent_bot_id) WHERE (assignee_agent_bot_id IS NOT NULL);
CREATE INDEX conversations_by_contact ON public.conversations USING btree (contact_id);
CREATE INDEX conversations_by_creation ON public.conversations USING btree (account_id, created_at);
CREATE INDEX conversations_by_inbox ON public.conversations USING btree (account_id, inbox_id, status, activity_step);
CREATE INDEX conversations_by_number ON public.conversations USING btree (account_id, status, id, inbox_id, assignee_id);
CREATE INDEX conversations_by_priority ON public.conversations USING btree (account_id, status, priority, activity_step) WHERE (priority IS NOT NULL);
CREATE INDEX conversations_by_session ON public.conversations USING btree (contact_inbox_id, id);
CREATE INDEX conversations_by_status ON public.conversations USING btree (account_id, status, activity_step);
CREATE INDEX conversations_by_team ON public.conversations USING btree (account_id, team_id, status, activity_step) WHERE (team_id IS NOT NULL);
CREATE INDEX conversations_snoozed ON public.conversations USING btree (snoozed_until) WHERE (snoozed_until IS NOT NULL);
CREATE INDEX conversations_unfolded ON public.conversations USING btree (id) WHERE (folded_texts IS NULL);
CREATE INDEX conversations_waiting ON public.conversations USING btree (account_id, status, waiting_since, id, inbox_id, assignee_id) WHERE (waiting_since IS NOT NULL);
CREATE INDEX csat_survey_responses_by_time ON public.csat_survey_responses USING btree (account_id, created_at, id);
CREATE INDEX custom_filters_by_owner ON public.custom_filters USING btree (account_id, user_id, filter_type, id);
CREATE INDEX inbox_members_by_user ON public.inbox_members USING btree (user_id);
CREATE INDEX inboxes_by_account ON public.inboxes USING btree (account_id);
CREATE INDEX letters_by_contact ON public.letters USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX letters_due ON public.letters USING btree (next_attempt_at);
CREATE INDEX mentions_by_user ON public.mentions USING btree (account_id, user_id, mentioned_at);
CREATE INDEX messages_by_conversation ON public.messages USING btree (conversation_id, id);
CREATE UNIQUE INDEX messages_by_echo ON public.messages USING btree (conversation_id, echo_key) WHERE (echo_key IS NOT NULL);
CREATE INDEX messages_by_source ON public.messages USING btree (conversation_id, source_id) WHERE (source_id IS NOT NULL);
CREATE INDEX messages_by_time ON public.messages USING btree (account_id, created_at, message_type, inbox_id) WHERE ((message_type = ANY (ARRAY[(0)::bigint, (1)::bigint])) AND (private = 0));
CREATE INDEX messages_surveys ON public.messages USING btree (account_id, created_at) WHERE (content_type = 'input_csat'::text);
CREATE INDEX messages_unseen ON public.messages USING btree (conversation_id, status, id) WHERE ((message_type <> 0) AND (status <> 'read'::text));
CREATE INDEX notes_by_contact ON public.notes USING btree (contact_id, id);
CREATE INDEX notifications_by_user ON public.notifications USING btree (account_id, user_id, last_activity_at, id);
CREATE INDEX notifications_listed ON public.notifications USING btree (account_id, user_id, last_activity_at, id) WHERE ((read_at IS NULL) AND (snoozed_until IS NULL));
CREATE INDEX notifications_read ON public.notifications USING btree (account_id, user_id, id) WHERE (read_at IS NOT NULL);
CREATE INDEX notifications_snoozed ON public.notifications USING btree (snoozed_until) WHERE (snoozed_until IS NOT NULL);
CREATE INDEX notifications_unread ON public.notifications USING btree (account_id, user_id, snoozed_until, last_activity_at, id) WHERE (read_at IS NULL);
CREATE INDEX receipts_by_time ON public.receipts USING btree (created_at);
CREATE INDEX report_events_by_conversation ON public.report_events USING btree (conversation_id);
CREATE INDEX report_events_by_time ON public.report_events USING btree (account_id, name, created_at);
CREATE INDEX sign_ins_by_user ON public.sign_ins USING btree (user_id, id);
CREATE INDEX stream_marks ON public.stream_entries USING btree (stream_id, stream_offset) WHERE ((stream_offset % (64)::bigint) = 0);
CREATE INDEX team_members_by_user ON public.team_members USING btree (user_id);
CREATE INDEX user_tokens_by_user ON public.user_tokens USING btree (user_id);
CREATE INDEX webhook_deliveries_by_contact ON public.webhook_deliveries USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX webhook_deliveries_by_endpoint ON public.webhook_deliveries USING btree (account_id, endpoint, status, id);
CREATE INDEX webhook_deliveries_by_message ON public.webhook_deliveries USING btree (message_id, id) WHERE (message_id IS NOT NULL);
CREATE INDEX webhook_deliveries_by_status ON public.webhook_deliveries USING btree (account_id, status, id);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (endpoint, next_attempt_at, id) WHERE (next_attempt_at IS NOT NULL);
CREATE UNIQUE INDEX webhook_deliveries_in_turn ON public.webhook_deliveries USING btree (endpoint, conversation_id) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX webhook_deliveries_queued ON public.webhook_deliveries USING btree (endpoint, conversation_id, id) WHERE (settled_at IS NULL);
CREATE INDEX webhook_deliveries_settled ON public.webhook_deliveries USING btree (settled_at) WHERE (settled_at IS NOT NULL);
CREATE INDEX webhook_deliveries_transient ON public.webhook_deliveries USING btree (settled_at) WHERE ((is_transient = 1) AND (settled_at IS NOT NULL));
CREATE INDEX webhook_endpoints_by_account ON public.webhook_endpoints USING btree (account_id);
CREATE TRIGGER contacts_research AFTER UPDATE OF search_text ON public.contacts FOR EACH ROW WHEN ((new.search_text IS DISTINCT FROM old.search_text)) EXECUTE FUNCTION public.search_changed('2');
CREATE TRIGGER contacts_unsearched AFTER DELETE ON public.contacts REFERENCING OLD TABLE AS lost FOR EACH STATEMENT EXECUTE FUNCTION public.search_lost('2');
CREATE TRIGGER conversations_counted AFTER INSERT OR DELETE ON public.conversations FOR EACH ROW EXECUTE FUNCTION public.count_conversation();
CREATE TRIGGER conversations_recounted AFTER UPDATE OF status, inbox_id, assignee_id, team_id ON public.conversations FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.inbox_id IS DISTINCT FROM new.inbox_id) OR (old.assignee_id IS DISTINCT FROM new.assignee_id) OR (old.team_id IS DISTINCT FROM new.team_id))) EXECUTE FUNCTION public.count_conversation();
CREATE TRIGGER messages_research AFTER UPDATE OF content, content_attributes ON public.messages FOR EACH ROW WHEN (((new.content IS DISTINCT FROM old.content) OR (POSITION(('"deleted":true'::text) IN (new.content_attributes)) <> POSITION(('"deleted":true'::text) IN (old.content_attributes))))) EXECUTE FUNCTION public.search_changed('1');
CREATE TRIGGER messages_unsearched AFTER DELETE ON public.messages REFERENCING OLD TABLE AS lost FOR EACH STATEMENT EXECUTE FUNCTION public.search_lost('1');
CREATE TRIGGER notifications_counted AFTER INSERT OR DELETE ON public.notifications FOR EACH ROW EXECUTE FUNCTION public.count_notification();
CREATE TRIGGER notifications_moved AFTER UPDATE OF inbox_id, team_id ON public.conversations FOR EACH ROW WHEN (((old.inbox_id IS DISTINCT FROM new.inbox_id) OR (old.team_id IS DISTINCT FROM new.team_id))) EXECUTE FUNCTION public.move_notifications();
CREATE TRIGGER notifications_recounted AFTER UPDATE OF read_at, snoozed_until, inbox_id, team_id ON public.notifications FOR EACH ROW WHEN ((((old.read_at IS NULL) <> (new.read_at IS NULL)) OR ((old.snoozed_until IS NULL) <> (new.snoozed_until IS NULL)) OR (old.inbox_id <> new.inbox_id) OR (old.team_id <> new.team_id))) EXECUTE FUNCTION public.count_notification();
ALTER TABLE ONLY public.account_users
    ADD CONSTRAINT account_users_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.account_users
    ADD CONSTRAINT account_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.agent_bots
    ADD CONSTRAINT agent_bots_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assignment_queue
    ADD CONSTRAINT assignment_queue_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.avatar_wishes
    ADD CONSTRAINT avatar_wishes_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.bot_handoffs
    ADD CONSTRAINT bot_handoffs_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES public.inboxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.canned_responses
    ADD CONSTRAINT canned_responses_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES public.inboxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_labels
    ADD CONSTRAINT contact_labels_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_drafts
    ADD CONSTRAINT conversation_drafts_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_drafts
    ADD CONSTRAINT conversation_drafts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_labels
    ADD CONSTRAINT conversation_labels_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_participants
    ADD CONSTRAINT conversation_participants_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_participants
    ADD CONSTRAINT conversation_participants_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_contact_inbox_id_fkey FOREIGN KEY (contact_inbox_id) REFERENCES public.contact_inboxes(id);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES public.inboxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.csat_survey_responses
    ADD CONSTRAINT csat_survey_responses_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.csat_survey_responses
    ADD CONSTRAINT csat_survey_responses_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.custom_attribute_definitions
    ADD CONSTRAINT custom_attribute_definitions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.custom_filters
    ADD CONSTRAINT custom_filters_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES public.account_users(account_id, user_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.inbox_members
    ADD CONSTRAINT inbox_members_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES public.inboxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.inbox_members
    ADD CONSTRAINT inbox_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.label_changes
    ADD CONSTRAINT label_changes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.label_spellings_due
    ADD CONSTRAINT label_spellings_due_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.notification_counts
    ADD CONSTRAINT notification_counts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_counts
    ADD CONSTRAINT notification_counts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_settings
    ADD CONSTRAINT notification_settings_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_settings
    ADD CONSTRAINT notification_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_subscriptions
    ADD CONSTRAINT notification_subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.report_events
    ADD CONSTRAINT report_events_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.user_tokens
    ADD CONSTRAINT user_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES public.inboxes(id) ON DELETE CASCADE;
