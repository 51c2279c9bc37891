-- The number of messages of any type. Above 200 the facts of a conversation are kept apart from those of its team and labels:
-- they change with one update, which must not read a long conversation.
alter table conversations add column message_count bigint not null default 0;
update conversations set message_count = (select count(*) from messages where conversation_id = conversations.id);

create index csat_survey_responses_by_conversation on csat_survey_responses (conversation_id);

-- What the records of a scope count in a slot of time. Reports add up facts, and read records only at the two edges of a span that
-- lie within a slot. Triggers keep the facts in the transaction of each change; messages/store-report-facts.ts adds the messages
-- of a batch. Days are days of UTC; quarters of an hour make up the days of any time zone.
create table report_facts (
  account_id integer not null,
  -- `account`, `inbox:<id>`, `agent:<id>`, `team:<id>`, `label:<title>`; `long`: conversations of more than 200 messages.
  scope text not null,
  -- The length of the slot, a quarter of an hour or a day; `slot` counts slots since 1970. The scope `long` has no days: most of
  -- its conversations would write two rows for each message.
  slot_ms integer not null,
  slot integer not null,
  -- Of the scope `long`; 0 in the others.
  conversation_id integer not null,
  conversations integer not null default 0,
  incoming_messages integer not null default 0,
  outgoing_messages integer not null default 0,
  first_responses integer not null default 0,
  -- Sums of durations in seconds, in clock time and in business hours.
  first_response_time integer not null default 0,
  first_response_business_time integer not null default 0,
  replies integer not null default 0,
  reply_time integer not null default 0,
  reply_business_time integer not null default 0,
  resolutions integer not null default 0,
  resolution_time integer not null default 0,
  resolution_business_time integer not null default 0,
  bot_resolutions integer not null default 0,
  bot_handoffs integer not null default 0,
  surveys integer not null default 0,
  rating_1 integer not null default 0,
  rating_2 integer not null default 0,
  rating_3 integer not null default 0,
  rating_4 integer not null default 0,
  rating_5 integer not null default 0,
  primary key (account_id, scope, slot_ms, slot, conversation_id)
) without rowid;

-- What reports count, a row for each: the definition of the facts. Conditions are those of the indexes by time.
create view report_records as
  select account_id, id as conversation_id, inbox_id, assignee_id as user_id, created_at,
    1 as conversations, 0 as incoming_messages, 0 as outgoing_messages, 0 as first_responses, 0 as first_response_time,
    0 as first_response_business_time, 0 as replies, 0 as reply_time, 0 as reply_business_time, 0 as resolutions,
    0 as resolution_time, 0 as resolution_business_time, 0 as bot_resolutions, 0 as bot_handoffs, 0 as surveys,
    0 as rating_1, 0 as rating_2, 0 as rating_3, 0 as rating_4, 0 as rating_5
    from conversations
  union all select account_id, conversation_id, inbox_id, case sender_type when 'User' then sender_id end, created_at,
    0, message_type = 0, message_type = 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from messages where message_type in (0, 1) and private = 0
  union all select account_id, conversation_id, inbox_id, user_id, created_at,
    0, 0, 0, name = 'first_response', case name when 'first_response' then value else 0 end,
    case name when 'first_response' then value_in_business_hours else 0 end, name = 'reply_time',
    case name when 'reply_time' then value else 0 end, case name when 'reply_time' then value_in_business_hours else 0 end,
    name = 'conversation_resolved', case name when 'conversation_resolved' then value else 0 end,
    case name when 'conversation_resolved' then value_in_business_hours else 0 end, name = 'conversation_bot_resolved',
    name = 'conversation_bot_handoff', 0, 0, 0, 0, 0, 0
    from report_events where name in ('first_response', 'reply_time', 'conversation_resolved', 'conversation_bot_resolved',
      'conversation_bot_handoff')
  union all select account_id, conversation_id, inbox_id, case sender_type when 'User' then sender_id end, created_at,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0
    from messages where content_type = 'input_csat'
  union all select account_id, conversation_id,
    (select inbox_id from conversations where id = csat_survey_responses.conversation_id), assigned_agent_id, created_at,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, rating = 1, rating = 2, rating = 3, rating = 4, rating = 5
    from csat_survey_responses;

-- The scopes beside account, inbox and agent that hold the records of a conversation: its team and labels, or `long`.
create view report_groups as
  select id as conversation_id, 'team:' || team_id as scope, 0 as part from conversations
    where team_id is not null and message_count <= 200
  union all select conversation_id, 'label:' || label, 0 from conversation_labels
    where (select message_count from conversations where id = conversation_labels.conversation_id) <= 200
  union all select id, 'long', id from conversations where message_count > 200;

-- A record inserted here is added to the facts of a scope (null: of none), or subtracted with the sign -1. `part` is the
-- conversation of the scope `long`, else 0.
create view report_changes as
  select *, 'account' as scope, 0 as part, 1 as sign from report_records;

create trigger report_changes_made instead of insert on report_changes when new.scope is not null begin
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
end;

-- ---- Conversations
create trigger conversations_reported after insert on conversations begin
  insert into report_changes (
    account_id, created_at, conversations, scope, part, sign)
  select
    new.account_id, new.created_at, 1, scope, part, 1
    from (select 'account' as scope, 0 as part
        union all select 'inbox:' || new.inbox_id, 0
        union all select 'agent:' || new.assignee_id, 0
        union all select scope, part from report_groups where conversation_id = new.id) as scopes;
end;

create trigger conversations_unreported before delete on conversations begin
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
      (select 'account' as scope, 0 as part union all select 'inbox', 0 union all select 'agent', 0
        union all select scope, part from report_groups where conversation_id = old.id) as scopes;
end;

create trigger conversations_assigned_in_reports after update of assignee_id on conversations
when old.assignee_id is not new.assignee_id begin
  insert into report_changes (account_id, created_at, conversations, scope, part, sign)
    values (new.account_id, new.created_at, 1, 'agent:' || old.assignee_id, 0, -1);
  insert into report_changes (account_id, created_at, conversations, scope, part, sign)
    values (new.account_id, new.created_at, 1, 'agent:' || new.assignee_id, 0, 1);
end;

-- A deleted team loses its facts before its conversations (reports/deleted-teams.ts).
create trigger conversations_moved_in_reports after update of team_id on conversations
when new.message_count <= 200 and old.team_id is not new.team_id begin
  insert into report_changes select records.*, 'team:' || old.team_id, 0, -1 from report_records as records
    where conversation_id = new.id and exists (select 1 from report_facts
      where report_facts.account_id = old.account_id and scope = 'team:' || old.team_id);
  insert into report_changes select records.*, 'team:' || new.team_id, 0, 1 from report_records as records
    where conversation_id = new.id and new.team_id is not null;
end;

-- A conversation inserted here has just got its 201st message. No trigger on conversations, because SQLite reserves the memory of a
-- trigger's program for each updated row: that took 40 us a message.
create view report_lengthened as
  select id as conversation_id, team_id from conversations;

create trigger report_lengthened_made instead of insert on report_lengthened begin
  insert into report_changes select records.*, 'team:' || new.team_id, 0, -1 from report_records as records
    where conversation_id = new.conversation_id and new.team_id is not null;
  insert into report_changes select records.*, 'label:' || label, 0, -1
    from report_records as records, conversation_labels as labels
    where records.conversation_id = new.conversation_id and labels.conversation_id = new.conversation_id;
  insert into report_changes select records.*, 'long', new.conversation_id, 1 from report_records as records
    where conversation_id = new.conversation_id;
end;

-- ---- Labels. Those of a deleted conversation find no conversation: it has subtracted itself.
create trigger conversation_labels_reported after insert on conversation_labels begin
  insert into report_changes select records.*, 'label:' || new.label, 0, 1 from report_records as records
    where conversation_id = new.conversation_id
      and (select message_count from conversations where id = new.conversation_id) <= 200;
end;

create trigger conversation_labels_unreported after delete on conversation_labels begin
  insert into report_changes select records.*, 'label:' || old.label, 0, -1 from report_records as records
    where conversation_id = old.conversation_id
      and (select message_count from conversations where id = old.conversation_id) <= 200;
end;

-- ---- Durations, surveys and their answers
create trigger report_events_reported after insert on report_events begin
  insert into report_changes (
    account_id, created_at, first_responses, first_response_time, first_response_business_time, replies, reply_time,
    reply_business_time, resolutions, resolution_time, resolution_business_time, bot_resolutions, bot_handoffs, scope, part,
    sign)
  select
    new.account_id, new.created_at, new.name = 'first_response',
    case new.name when 'first_response' then new.value else 0 end,
    case new.name when 'first_response' then new.value_in_business_hours else 0 end, new.name = 'reply_time',
    case new.name when 'reply_time' then new.value else 0 end,
    case new.name when 'reply_time' then new.value_in_business_hours else 0 end, new.name = 'conversation_resolved',
    case new.name when 'conversation_resolved' then new.value else 0 end,
    case new.name when 'conversation_resolved' then new.value_in_business_hours else 0 end,
    new.name = 'conversation_bot_resolved', new.name = 'conversation_bot_handoff', scope, part, 1
    from (select 'account' as scope, 0 as part
        union all select 'inbox:' || new.inbox_id, 0
        union all select 'agent:' || new.user_id, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
end;

create trigger csat_survey_responses_reported after insert on csat_survey_responses begin
  insert into report_changes (
    account_id, created_at, rating_1, rating_2, rating_3, rating_4, rating_5, scope, part, sign)
  select
    new.account_id, new.created_at, new.rating = 1, new.rating = 2, new.rating = 3, new.rating = 4, new.rating = 5, scope,
    part, 1
    from (select 'account' as scope, 0 as part
        union all select 'inbox:' || (select inbox_id from conversations where id = new.conversation_id), 0
        union all select 'agent:' || new.assigned_agent_id, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
end;

create trigger csat_survey_responses_reported_again after update of rating on csat_survey_responses
when old.rating <> new.rating begin
  insert into report_changes (
    account_id, created_at, rating_1, rating_2, rating_3, rating_4, rating_5, scope, part, sign)
  select
    new.account_id, new.created_at, (new.rating = 1) - (old.rating = 1), (new.rating = 2) - (old.rating = 2),
    (new.rating = 3) - (old.rating = 3), (new.rating = 4) - (old.rating = 4), (new.rating = 5) - (old.rating = 5), scope,
    part, 1
    from (select 'account' as scope, 0 as part
        union all select 'inbox:' || (select inbox_id from conversations where id = new.conversation_id), 0
        union all select 'agent:' || new.assigned_agent_id, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
end;

-- A deleted survey is a text.
create trigger messages_unreported after update of content_type on messages
when (old.content_type = 'input_csat') <> (new.content_type = 'input_csat') begin
  insert into report_changes (
    account_id, created_at, surveys, scope, part, sign)
  select
    new.account_id, new.created_at, case new.content_type when 'input_csat' then 1 else -1 end, scope, part, 1
    from (select 'account' as scope, 0 as part
        union all select 'inbox:' || new.inbox_id, 0
        union all select 'agent:' || case new.sender_type when 'User' then new.sender_id end, 0
        union all select scope, part from report_groups where conversation_id = new.conversation_id) as scopes;
end;

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
    select records.*, 'account' as scope, 0 as part from report_records as records
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
