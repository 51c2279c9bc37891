-- Counts of conversations also know which open ones wait for an answer of an agent, for the live reports.
alter table conversation_counts add column is_unattended bigint not null default 0;

create function is_unattended(conversation conversations) returns bigint language sql immutable as $$
  select (conversation.status = 'open'
    and (conversation.first_reply_created_at is null or conversation.waiting_since is not null))::int::bigint
$$;

delete from conversation_counts;
insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, is_unattended, count)
  select account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0), is_unattended(conversations), count(*)
    from conversations group by 1, 2, 3, 4, 5, 6;

create or replace function count_conversation() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, is_unattended, count)
      values (old.account_id, old.status, old.inbox_id, coalesce(old.assignee_id, 0), coalesce(old.team_id, 0),
        is_unattended(old), -1);
  end if;
  if tg_op <> 'DELETE' then
    insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, is_unattended, count)
      values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0),
        is_unattended(new), 1);
  end if;
  return null;
end $$;

drop trigger conversations_recounted on conversations;
create trigger conversations_recounted
  after update of status, inbox_id, assignee_id, team_id, waiting_since, first_reply_created_at on conversations
  for each row when (old.status is distinct from new.status or old.inbox_id is distinct from new.inbox_id
    or old.assignee_id is distinct from new.assignee_id or old.team_id is distinct from new.team_id
    or is_unattended(old) <> is_unattended(new))
  execute function count_conversation();
