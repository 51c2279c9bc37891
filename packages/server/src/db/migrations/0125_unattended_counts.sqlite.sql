-- Counts of conversations also know which open ones wait for an answer of an agent, for the live reports.
drop trigger conversations_counted;
drop trigger conversations_discounted;
drop trigger conversations_recounted;
drop table conversation_counts;

-- The number of conversations by status, inbox, assignee, team and whether they are open and unattended, kept by triggers; 0 is
-- nobody and no team.
create table conversation_counts (
  account_id integer not null,
  status text not null,
  inbox_id integer not null,
  assignee_id integer not null,
  team_id integer not null,
  is_unattended integer not null,
  count integer not null,
  primary key (account_id, status, inbox_id, assignee_id, team_id, is_unattended)
) without rowid;

insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, is_unattended, count)
  select account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0),
    status = 'open' and (first_reply_created_at is null or waiting_since is not null), count(*)
    from conversations group by 1, 2, 3, 4, 5, 6;

create trigger conversations_counted after insert on conversations begin
  insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, is_unattended, count)
    values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0),
      new.status = 'open' and (new.first_reply_created_at is null or new.waiting_since is not null), 1)
    on conflict (account_id, status, inbox_id, assignee_id, team_id, is_unattended) do update set count = count + 1;
end;

create trigger conversations_discounted after delete on conversations begin
  update conversation_counts set count = count - 1
    where account_id = old.account_id and status = old.status and inbox_id = old.inbox_id
      and assignee_id = coalesce(old.assignee_id, 0) and team_id = coalesce(old.team_id, 0)
      and is_unattended = (old.status = 'open' and (old.first_reply_created_at is null or old.waiting_since is not null));
end;

create trigger conversations_recounted
after update of status, inbox_id, assignee_id, team_id, waiting_since, first_reply_created_at on conversations
when old.status is not new.status or old.inbox_id is not new.inbox_id
  or old.assignee_id is not new.assignee_id or old.team_id is not new.team_id
  or (old.first_reply_created_at is null or old.waiting_since is not null)
    <> (new.first_reply_created_at is null or new.waiting_since is not null)
begin
  update conversation_counts set count = count - 1
    where account_id = old.account_id and status = old.status and inbox_id = old.inbox_id
      and assignee_id = coalesce(old.assignee_id, 0) and team_id = coalesce(old.team_id, 0)
      and is_unattended = (old.status = 'open' and (old.first_reply_created_at is null or old.waiting_since is not null));
  insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, is_unattended, count)
    values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0),
      new.status = 'open' and (new.first_reply_created_at is null or new.waiting_since is not null), 1)
    on conflict (account_id, status, inbox_id, assignee_id, team_id, is_unattended) do update set count = count + 1;
end;
