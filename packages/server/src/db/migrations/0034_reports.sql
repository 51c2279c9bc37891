-- What reports are counted from: durations with their end, written in the transaction that caused them.
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
create index report_events_by_time on report_events (account_id, name, created_at);
create index report_events_by_conversation on report_events (conversation_id);

create index conversations_by_creation on conversations (account_id, created_at);
create index messages_by_time on messages (account_id, created_at, message_type, inbox_id)
  where message_type in (0, 1) and private = 0;
create index messages_surveys on messages (account_id, created_at) where content_type = 'input_csat';
create index csat_survey_responses_by_time on csat_survey_responses (account_id, created_at, id);
