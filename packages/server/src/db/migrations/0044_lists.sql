-- Lists and their counts in time that does not grow with the account: indexes that hold all a list filters by.
drop index conversations_by_status;
create index conversations_by_status
  on conversations (account_id, status, last_activity_at, id, inbox_id, assignee_id, team_id);
drop index conversations_by_inbox;
create index conversations_by_inbox
  on conversations (account_id, inbox_id, status, last_activity_at, id, assignee_id);
drop index conversations_by_assignee;
create index conversations_by_assignee
  on conversations (account_id, assignee_id, status, last_activity_at, id, inbox_id);
drop index conversations_by_team;
create index conversations_by_team
  on conversations (account_id, team_id, status, last_activity_at, id, inbox_id, assignee_id) where team_id is not null;
create index conversations_by_number on conversations (account_id, status, id, inbox_id, assignee_id);
create index conversations_waiting
  on conversations (account_id, status, waiting_since, id, inbox_id, assignee_id) where waiting_since is not null;
create index conversations_by_priority
  on conversations (account_id, status, priority, last_activity_at, id, inbox_id, assignee_id) where priority is not null;
