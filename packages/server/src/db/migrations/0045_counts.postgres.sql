-- How many conversations there are of each kind, as sums of steps: writers add rows and never wait for one another, the
-- background adds them up. Nobody and no team are 0.
create table conversation_counts (
  account_id bigint not null,
  status text not null,
  inbox_id bigint not null,
  assignee_id bigint not null,
  team_id bigint not null,
  count bigint not null
);
create index conversation_counts_by_account on conversation_counts (account_id, status);

insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
  select account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0), count(*)
  from conversations group by account_id, status, inbox_id, coalesce(assignee_id, 0), coalesce(team_id, 0);

create function count_conversation() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
      values (old.account_id, old.status, old.inbox_id, coalesce(old.assignee_id, 0), coalesce(old.team_id, 0), -1);
  end if;
  if tg_op <> 'DELETE' then
    insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
      values (new.account_id, new.status, new.inbox_id, coalesce(new.assignee_id, 0), coalesce(new.team_id, 0), 1);
  end if;
  return null;
end $$;

create trigger conversations_counted after insert or delete on conversations
  for each row execute function count_conversation();
create trigger conversations_recounted after update of status, inbox_id, assignee_id, team_id on conversations
  for each row when (old.status is distinct from new.status or old.inbox_id is distinct from new.inbox_id
    or old.assignee_id is distinct from new.assignee_id or old.team_id is distinct from new.team_id)
  execute function count_conversation();
