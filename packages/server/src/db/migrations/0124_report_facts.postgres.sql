-- The number of messages of any type. Above 200 the facts of a conversation are kept apart from those of its team and labels:
-- they change with one update, which must not read a long conversation.
alter table conversations add column message_count bigint not null default 0;
update conversations set message_count = (select count(*) from messages where conversation_id = conversations.id);

create index csat_survey_responses_by_conversation on csat_survey_responses (conversation_id);

-- What the records of a scope count in a slot of time. Reports add up facts, and read records only at the two edges of a span that
-- lie within a slot. Triggers keep the facts in the transaction of each change; messages/store-report-facts.ts adds the messages
-- of a batch. Days are days of UTC; quarters of an hour make up the days of any time zone.
create table report_facts (
  account_id bigint not null,
  -- `account`, `inbox:<id>`, `agent:<id>`, `team:<id>`, `label:<title>`; `long`: conversations of more than 200 messages.
  scope text collate "C" not null,
  -- The length of the slot, a quarter of an hour or a day; `slot` counts slots since 1970. The scope `long` has no days: most of
  -- its conversations would write two rows for each message.
  slot_ms bigint not null,
  slot bigint not null,
  -- Of the scope `long`; 0 in the others.
  conversation_id bigint not null,
  conversations bigint not null default 0,
  incoming_messages bigint not null default 0,
  outgoing_messages bigint not null default 0,
  first_responses bigint not null default 0,
  -- Sums of durations in seconds, in clock time and in business hours.
  first_response_time bigint not null default 0,
  first_response_business_time bigint not null default 0,
  replies bigint not null default 0,
  reply_time bigint not null default 0,
  reply_business_time bigint not null default 0,
  resolutions bigint not null default 0,
  resolution_time bigint not null default 0,
  resolution_business_time bigint not null default 0,
  bot_resolutions bigint not null default 0,
  bot_handoffs bigint not null default 0,
  surveys bigint not null default 0,
  rating_1 bigint not null default 0,
  rating_2 bigint not null default 0,
  rating_3 bigint not null default 0,
  rating_4 bigint not null default 0,
  rating_5 bigint not null default 0,
  primary key (account_id, scope, slot_ms, slot, conversation_id)
) with (fillfactor = 80);

-- What reports count, a row for each: the definition of the facts. Conditions are those of the indexes by time.
create view report_records as
  select account_id, id as conversation_id, inbox_id, assignee_id as user_id, created_at,
    1::bigint as conversations, 0::bigint as incoming_messages, 0::bigint as outgoing_messages,
    0::bigint as first_responses, 0::bigint as first_response_time, 0::bigint as first_response_business_time,
    0::bigint as replies, 0::bigint as reply_time, 0::bigint as reply_business_time, 0::bigint as resolutions,
    0::bigint as resolution_time, 0::bigint as resolution_business_time, 0::bigint as bot_resolutions,
    0::bigint as bot_handoffs, 0::bigint as surveys, 0::bigint as rating_1, 0::bigint as rating_2, 0::bigint as rating_3,
    0::bigint as rating_4, 0::bigint as rating_5
    from conversations
  union all select account_id, conversation_id, inbox_id, case sender_type when 'User' then sender_id end, created_at,
    0, (message_type = 0)::int, (message_type = 1)::int, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from messages where message_type in (0, 1) and private = 0
  union all select account_id, conversation_id, inbox_id, user_id, created_at,
    0, 0, 0, (name = 'first_response')::int, case name when 'first_response' then value else 0 end,
    case name when 'first_response' then value_in_business_hours else 0 end, (name = 'reply_time')::int,
    case name when 'reply_time' then value else 0 end, case name when 'reply_time' then value_in_business_hours else 0 end,
    (name = 'conversation_resolved')::int, case name when 'conversation_resolved' then value else 0 end,
    case name when 'conversation_resolved' then value_in_business_hours else 0 end,
    (name = 'conversation_bot_resolved')::int, (name = 'conversation_bot_handoff')::int, 0, 0, 0, 0, 0, 0
    from report_events where name in ('first_response', 'reply_time', 'conversation_resolved', 'conversation_bot_resolved',
      'conversation_bot_handoff')
  union all select account_id, conversation_id, inbox_id, case sender_type when 'User' then sender_id end, created_at,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0
    from messages where content_type = 'input_csat'
  union all select account_id, conversation_id,
    (select inbox_id from conversations where id = csat_survey_responses.conversation_id), assigned_agent_id, created_at,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (rating = 1)::int, (rating = 2)::int, (rating = 3)::int, (rating = 4)::int,
    (rating = 5)::int
    from csat_survey_responses;

-- The scopes beside account, inbox and agent that hold the records of a conversation: its team and labels, or `long`.
create view report_groups as
  select id as conversation_id, 'team:' || team_id as scope, 0::bigint as part from conversations
    where team_id is not null and message_count <= 200
  union all select conversation_id, 'label:' || label, 0::bigint from conversation_labels
    where (select message_count from conversations where id = conversation_labels.conversation_id) <= 200
  union all select id, 'long', id from conversations where message_count > 200;

-- A record inserted here is added to the facts of a scope (null: of none), or subtracted with the sign -1. `part` is the
-- conversation of the scope `long`, else 0.
create view report_changes as
  select *, 'account' as scope, 0::bigint as part, 1::bigint as sign from report_records;

create function change_report_facts() returns trigger language plpgsql as $$
begin
  if new.scope is null then return null; end if;
  insert into report_facts as facts (account_id, scope, slot_ms, slot, conversation_id,
    conversations, incoming_messages, outgoing_messages, first_responses, first_response_time, first_response_business_time,
    replies, reply_time, reply_business_time, resolutions, resolution_time, resolution_business_time, bot_resolutions,
    bot_handoffs, surveys, rating_1, rating_2, rating_3, rating_4, rating_5)
  select new.account_id, new.scope, slot_ms, new.created_at / slot_ms, new.part,
    coalesce(new.conversations, 0) * new.sign, coalesce(new.incoming_messages, 0) * new.sign,
    coalesce(new.outgoing_messages, 0) * new.sign, coalesce(new.first_responses, 0) * new.sign,
    coalesce(new.first_response_time, 0) * new.sign, coalesce(new.first_response_business_time, 0) * new.sign,
    coalesce(new.replies, 0) * new.sign, coalesce(new.reply_time, 0) * new.sign,
    coalesce(new.reply_business_time, 0) * new.sign, coalesce(new.resolutions, 0) * new.sign,
    coalesce(new.resolution_time, 0) * new.sign, coalesce(new.resolution_business_time, 0) * new.sign,
    coalesce(new.bot_resolutions, 0) * new.sign, coalesce(new.bot_handoffs, 0) * new.sign,
    coalesce(new.surveys, 0) * new.sign, coalesce(new.rating_1, 0) * new.sign, coalesce(new.rating_2, 0) * new.sign,
    coalesce(new.rating_3, 0) * new.sign, coalesce(new.rating_4, 0) * new.sign, coalesce(new.rating_5, 0) * new.sign
  from (select 900000 as slot_ms union all select 86400000 where new.scope <> 'long') as slots where true
  on conflict (account_id, scope, slot_ms, slot, conversation_id) do update set
    conversations = facts.conversations + excluded.conversations,
    incoming_messages = facts.incoming_messages + excluded.incoming_messages,
    outgoing_messages = facts.outgoing_messages + excluded.outgoing_messages,
    first_responses = facts.first_responses + excluded.first_responses,
    first_response_time = facts.first_response_time + excluded.first_response_time,
    first_response_business_time = facts.first_response_business_time + excluded.first_response_business_time,
    replies = facts.replies + excluded.replies, reply_time = facts.reply_time + excluded.reply_time,
    reply_business_time = facts.reply_business_time + excluded.reply_business_time,
    resolutions = facts.resolutions + excluded.resolutions,
    resolution_time = facts.resolution_time + excluded.resolution_time,
    resolution_business_time = facts.resolution_business_time + excluded.resolution_business_time,
    bot_resolutions = facts.bot_resolutions + excluded.bot_resolutions,
    bot_handoffs = facts.bot_handoffs + excluded.bot_handoffs, surveys = facts.surveys + excluded.surveys,
    rating_1 = facts.rating_1 + excluded.rating_1, rating_2 = facts.rating_2 + excluded.rating_2,
    rating_3 = facts.rating_3 + excluded.rating_3, rating_4 = facts.rating_4 + excluded.rating_4,
    rating_5 = facts.rating_5 + excluded.rating_5;
  return new;
end $$;

create trigger report_changes_made instead of insert on report_changes
  for each row execute function change_report_facts();

-- ---- Conversations
create function report_conversation() returns trigger language plpgsql as $$
begin
  insert into report_changes (
    account_id, created_at, conversations, scope, part, sign)
  select
    new.account_id, new.created_at, 1, scope, part, 1
    from (select 'account' as scope, 0::bigint as part
        union all select 'inbox:' || new.inbox_id, 0
        union all select 'agent:' || new.assignee_id, 0
        union all select scope, part from report_groups where conversation_id = new.id) as scopes;
  return null;
end $$;

create trigger conversations_reported after insert on conversations
  for each row execute function report_conversation();

create function unreport_conversation() returns trigger language plpgsql as $$
begin
  insert into report_changes
    select quarters.*, case scope when 'inbox' then 'inbox:' || inbox_id when 'agent' then 'agent:' || user_id else scope end, part, -1
    from (select account_id, conversation_id, inbox_id, user_id, min(created_at) as created_at,
      sum(conversations) as conversations, sum(incoming_messages) as incoming_messages,
      sum(outgoing_messages) as outgoing_messages, sum(first_responses) as first_responses,
      sum(first_response_time) as first_response_time, sum(first_response_business_time) as first_response_business_time,
      sum(replies) as replies, sum(reply_time) as reply_time, sum(reply_business_time) as reply_business_time,
      sum(resolutions) as resolutions, sum(resolution_time) as resolution_time,
      sum(resolution_business_time) as resolution_business_time, sum(bot_resolutions) as bot_resolutions,
      sum(bot_handoffs) as bot_handoffs, sum(surveys) as surveys, sum(rating_1) as rating_1, sum(rating_2) as rating_2,
      sum(rating_3) as rating_3, sum(rating_4) as rating_4, sum(rating_5) as rating_5
      from report_records where conversation_id = old.id group by 1, 2, 3, 4, created_at / 900000) as quarters,
      (select 'account' as scope, 0::bigint as part union all select 'inbox', 0 union all select 'agent', 0
        union all select scope, part from report_groups where conversation_id = old.id) as scopes;
  return old;
end $$;

create trigger conversations_unreported before delete on conversations
  for each row execute function unreport_conversation();

create function report_assignee() returns trigger language plpgsql as $$
begin
  insert into report_changes (account_id, created_at, conversations, scope, part, sign)
    values (new.account_id, new.created_at, 1, 'agent:' || old.assignee_id, 0, -1);
  insert into report_changes (account_id, created_at, conversations, scope, part, sign)
    values (new.account_id, new.created_at, 1, 'agent:' || new.assignee_id, 0, 1);
  return null;
end $$;

create trigger conversations_assigned_in_reports after update of assignee_id on conversations
  for each row when (old.assignee_id is distinct from new.assignee_id) execute function report_assignee();

-- A deleted team loses its facts before its conversations (reports/deleted-teams.ts).
create function report_team() returns trigger language plpgsql as $$
begin
  insert into report_changes select records.*, 'team:' || old.team_id, 0, -1 from report_records as records
    where conversation_id = new.id and exists (select 1 from report_facts
      where report_facts.account_id = old.account_id and scope = 'team:' || old.team_id);
  insert into report_changes select records.*, 'team:' || new.team_id, 0, 1 from report_records as records
    where conversation_id = new.id and new.team_id is not null;
  return null;
end $$;

create trigger conversations_moved_in_reports after update of team_id on conversations
  for each row when (new.message_count <= 200 and old.team_id is distinct from new.team_id) execute function report_team();

-- A conversation inserted here has just got its 201st message. No trigger on conversations, because SQLite reserves the memory of a
-- trigger's program for each updated row: that took 40 us a message.
create view report_lengthened as
  select id as conversation_id, team_id from conversations;

create function report_long() returns trigger language plpgsql as $$
begin
  insert into report_changes select records.*, 'team:' || new.team_id, 0, -1 from report_records as records
    where conversation_id = new.conversation_id and new.team_id is not null;
  insert into report_changes select records.*, 'label:' || label, 0, -1
    from report_records as records, conversation_labels as labels
    where records.conversation_id = new.conversation_id and labels.conversation_id = new.conversation_id;
  insert into report_changes select records.*, 'long', new.conversation_id, 1 from report_records as records
    where conversation_id = new.conversation_id;
  return new;
end $$;

create trigger report_lengthened_made instead of insert on report_lengthened
  for each row execute function report_long();

-- ---- Labels. Those of a deleted conversation find no conversation: it has subtracted itself.
create function report_label() returns trigger language plpgsql as $$
begin
  insert into report_changes select records.*, 'label:' || new.label, 0, 1 from report_records as records
    where conversation_id = new.conversation_id
      and (select message_count from conversations where id = new.conversation_id) <= 200;
  return null;
end $$;

create trigger conversation_labels_reported after insert on conversation_labels
  for each row execute function report_label();

create function unreport_label() returns trigger language plpgsql as $$
begin
  insert into report_changes select records.*, 'label:' || old.label, 0, -1 from report_records as records
    where conversation_id = old.conversation_id
      and (select message_count from conversations where id = old.conversation_id) <= 200;
  return null;
end $$;

create trigger conversation_labels_unreported after delete on conversation_labels
  for each row execute function unreport_label();

-- ---- Durations, surveys and their answers
create function report_event() returns trigger language plpgsql as $$
begin
  insert into report_changes (
    account_id, created_at, first_responses, first_response_time, first_response_business_time, replies, reply_time,
    reply_business_time, resolutions, resolution_time, resolution_business_time, bot_resolutions, bot_handoffs, scope, part,
    sign)
  select
    new.account_id, new.created_at, (new.name = 'first_response')::int,
    case new.name when 'first_response' then new.value else 0 end,
    case new.name when 'first_response' then new.value_in_business_hours else 0 end, (new.name = 'reply_time')::int,
    case new.name when 'reply_time' then new.value else 0 end,
    case new.name when 'reply_time' then new.value_in_business_hours else 0 end, (new.name = 'conversation_resolved')::int,
    case new.name when 'conversation_resolved' then new.value else 0 end,
    case new.name when 'conversation_resolved' then new.value_in_business_hours else 0 end,
    (new.name = 'conversation_bot_resolved')::int, (new.name = 'conversation_bot_handoff')::int, scope, part, 1
    from (select 'account' as scope, 0::bigint as part
        union all select 'inbox:' || new.inbox_id, 0
        union all select 'agent:' || new.user_id, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
  return null;
end $$;

create trigger report_events_reported after insert on report_events
  for each row execute function report_event();

create function report_rating() returns trigger language plpgsql as $$
begin
  insert into report_changes (
    account_id, created_at, rating_1, rating_2, rating_3, rating_4, rating_5, scope, part, sign)
  select
    new.account_id, new.created_at, (new.rating = 1)::int, (new.rating = 2)::int, (new.rating = 3)::int,
    (new.rating = 4)::int, (new.rating = 5)::int, scope, part, 1
    from (select 'account' as scope, 0::bigint as part
        union all select 'inbox:' || (select inbox_id from conversations where id = new.conversation_id), 0
        union all select 'agent:' || new.assigned_agent_id, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
  return null;
end $$;

create trigger csat_survey_responses_reported after insert on csat_survey_responses
  for each row execute function report_rating();

create function report_changed_rating() returns trigger language plpgsql as $$
begin
  insert into report_changes (
    account_id, created_at, rating_1, rating_2, rating_3, rating_4, rating_5, scope, part, sign)
  select
    new.account_id, new.created_at, (new.rating = 1)::int - (old.rating = 1)::int,
    (new.rating = 2)::int - (old.rating = 2)::int, (new.rating = 3)::int - (old.rating = 3)::int,
    (new.rating = 4)::int - (old.rating = 4)::int, (new.rating = 5)::int - (old.rating = 5)::int, scope, part, 1
    from (select 'account' as scope, 0::bigint as part
        union all select 'inbox:' || (select inbox_id from conversations where id = new.conversation_id), 0
        union all select 'agent:' || new.assigned_agent_id, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
  return null;
end $$;

create trigger csat_survey_responses_reported_again after update of rating on csat_survey_responses
  for each row when (old.rating <> new.rating) execute function report_changed_rating();

-- A deleted survey is a text.
create function report_survey() returns trigger language plpgsql as $$
begin
  insert into report_changes (
    account_id, created_at, surveys, scope, part, sign)
  select
    new.account_id, new.created_at, case new.content_type when 'input_csat' then 1 else -1 end, scope, part, 1
    from (select 'account' as scope, 0::bigint as part
        union all select 'inbox:' || new.inbox_id, 0
        union all select 'agent:' || case new.sender_type when 'User' then new.sender_id end, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
  return null;
end $$;

create trigger messages_unreported after update of content_type on messages
  for each row when ((old.content_type = 'input_csat') <> (new.content_type = 'input_csat')) execute function report_survey();

-- ---- Facts of what is stored
insert into report_facts (account_id, scope, slot_ms, slot, conversation_id,
    conversations, incoming_messages, outgoing_messages, first_responses, first_response_time, first_response_business_time,
    replies, reply_time, reply_business_time, resolutions, resolution_time, resolution_business_time, bot_resolutions,
    bot_handoffs, surveys, rating_1, rating_2, rating_3, rating_4, rating_5)
  select account_id, scope, 900000, created_at / 900000, part,
    sum(conversations), sum(incoming_messages), sum(outgoing_messages), sum(first_responses), sum(first_response_time),
    sum(first_response_business_time), sum(replies), sum(reply_time), sum(reply_business_time), sum(resolutions),
    sum(resolution_time), sum(resolution_business_time), sum(bot_resolutions), sum(bot_handoffs), sum(surveys),
    sum(rating_1), sum(rating_2), sum(rating_3), sum(rating_4), sum(rating_5)
  from (
    select records.*, 'account' as scope, 0::bigint as part from report_records as records
    union all select records.*, 'inbox:' || inbox_id, 0 from report_records as records
    union all select records.*, 'agent:' || user_id, 0 from report_records as records where user_id is not null
    union all select records.*, scope, part from report_records as records, report_groups
      where report_groups.conversation_id = records.conversation_id
  ) as changes group by 1, 2, 4, 5;
insert into report_facts (account_id, scope, slot_ms, slot, conversation_id,
    conversations, incoming_messages, outgoing_messages, first_responses, first_response_time, first_response_business_time,
    replies, reply_time, reply_business_time, resolutions, resolution_time, resolution_business_time, bot_resolutions,
    bot_handoffs, surveys, rating_1, rating_2, rating_3, rating_4, rating_5)
  select account_id, scope, 86400000, slot / 96, conversation_id,
    sum(conversations), sum(incoming_messages), sum(outgoing_messages), sum(first_responses), sum(first_response_time),
    sum(first_response_business_time), sum(replies), sum(reply_time), sum(reply_business_time), sum(resolutions),
    sum(resolution_time), sum(resolution_business_time), sum(bot_resolutions), sum(bot_handoffs), sum(surveys),
    sum(rating_1), sum(rating_2), sum(rating_3), sum(rating_4), sum(rating_5)
  from report_facts where scope <> 'long' group by 1, 2, 4, 5;
