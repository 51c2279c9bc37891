-- Keep notification_counts in the statement that changes notifications, also where a deleted conversation takes them along.
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

create function move_notifications() returns trigger language plpgsql as $$
begin
  update notifications set inbox_id = new.inbox_id, team_id = coalesce(new.team_id, 0) where conversation_id = new.id;
  return null;
end $$;

create trigger notifications_moved after update of inbox_id, team_id on conversations
  for each row when (old.inbox_id is distinct from new.inbox_id or old.team_id is distinct from new.team_id)
  execute function move_notifications();
