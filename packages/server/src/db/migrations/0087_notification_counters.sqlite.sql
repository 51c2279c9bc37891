-- Keep notification_counts in the statement that changes notifications, also where a deleted conversation takes them along.
create trigger notifications_counted after insert on notifications begin
  insert into notification_counts (account_id, user_id, inbox_id, team_id, is_read, is_snoozed, count)
    values (new.account_id, new.user_id, new.inbox_id, new.team_id, new.read_at is not null, new.snoozed_until is not null, 1)
    on conflict (account_id, user_id, inbox_id, team_id, is_read, is_snoozed) do update set count = count + 1;
end;

create trigger notifications_discounted after delete on notifications begin
  update notification_counts set count = count - 1
    where account_id = old.account_id and user_id = old.user_id and inbox_id = old.inbox_id and team_id = old.team_id
      and is_read = (old.read_at is not null) and is_snoozed = (old.snoozed_until is not null);
end;

create trigger notifications_recounted after update of read_at, snoozed_until, inbox_id, team_id on notifications
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

create trigger notifications_moved after update of inbox_id, team_id on conversations
when old.inbox_id is not new.inbox_id or old.team_id is not new.team_id
begin
  update notifications set inbox_id = new.inbox_id, team_id = coalesce(new.team_id, 0) where conversation_id = new.id;
end;
