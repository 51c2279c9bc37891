-- How many conversations there are of each kind, kept by the statements that change them. Nobody and no team are 0.
create table conversation_counts (
  account_id integer not null,
  status text not null,
  inbox_id integer not null,
  assignee_id integer not null,
  team_id integer not null,
  count integer not null,
  primary key (account_id, status, inbox_id, assignee_id, team_id)
) without rowid;

insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
  select account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0), count(*)
  from conversations group by account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0);

create trigger conversations_counted after insert on conversations begin
  insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
    values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0), 1)
    on conflict (account_id, status, inbox_id, assignee_id, team_id) do update set count = count + 1;
end;

create trigger conversations_discounted after delete on conversations begin
  update conversation_counts set count = count - 1
    where account_id = old.account_id and status = old.status and inbox_id = old.inbox_id
      and assignee_id = coalesce(old.assignee_id, 0) and team_id = coalesce(old.team_id, 0);
end;

create trigger conversations_recounted after update of status, inbox_id, assignee_id, team_id on conversations
when old.status is not new.status or old.inbox_id is not new.inbox_id
  or old.assignee_id is not new.assignee_id or old.team_id is not new.team_id
begin
  update conversation_counts set count = count - 1
    where account_id = old.account_id and status = old.status and inbox_id = old.inbox_id
      and assignee_id = coalesce(old.assignee_id, 0) and team_id = coalesce(old.team_id, 0);
  insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
    values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0), 1)
    on conflict (account_id, status, inbox_id, assignee_id, team_id) do update set count = count + 1;
end;
