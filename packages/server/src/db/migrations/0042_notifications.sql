-- Who was mentioned where, and what users are told of.
create table mentions (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  account_id bigint not null,
  mentioned_at bigint not null,
  primary key (conversation_id, user_id)
);
create index mentions_by_user on mentions (account_id, user_id, mentioned_at);

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
  unique (conversation_id, user_id, notification_type)
);
create index notifications_by_user on notifications (account_id, user_id, last_activity_at, id);
create index notifications_unread on notifications (account_id, user_id, snoozed_until, last_activity_at, id)
  where read_at is null;
create index notifications_snoozed on notifications (snoozed_until) where snoozed_until is not null;

create table notification_settings (
  account_id bigint not null references accounts (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  email_flags text not null,
  push_flags text not null,
  primary key (account_id, user_id)
);
