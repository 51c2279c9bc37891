-- How many notifications a user has of each kind, so that a count does not grow with what is stored. Which of them the user
-- sees depends on the inbox and the team of their conversations: a notification carries both, and no team is 0.
alter table notifications add column inbox_id bigint not null default 0;
alter table notifications add column team_id bigint not null default 0;
update notifications set
  inbox_id = (select inbox_id from conversations where conversations.id = notifications.conversation_id),
  team_id = (select coalesce(team_id, 0) from conversations where conversations.id = notifications.conversation_id);

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
insert into notification_counts (account_id, user_id, inbox_id, team_id, is_read, is_snoozed, count)
  select account_id, user_id, inbox_id, team_id, case when read_at is null then 0 else 1 end,
    case when snoozed_until is null then 0 else 1 end, count(*)
  from notifications
  group by account_id, user_id, inbox_id, team_id, case when read_at is null then 0 else 1 end,
    case when snoozed_until is null then 0 else 1 end;

-- What a user deletes at once: all that is read.
create index notifications_read on notifications (account_id, user_id, id) where read_at is not null;
