-- A message moves `last_activity_at`. Where an index holds it, PostgreSQL writes every index of the row anew; in steps of
-- five minutes it seldom moves, and the row is changed in its place, for which a page keeps some room. Lists sort what
-- shares a step.
alter table conversations add column activity_step bigint not null generated always as (last_activity_at / 300000) stored;
alter table contacts add column activity_step bigint generated always as (last_activity_at / 300000) stored;

drop index conversations_by_contact;
create index conversations_by_contact on conversations (contact_id);
drop index conversations_by_status;
create index conversations_by_status on conversations (account_id, status, activity_step);
drop index conversations_by_inbox;
create index conversations_by_inbox on conversations (account_id, inbox_id, status, activity_step);
drop index conversations_by_assignee;
create index conversations_by_assignee on conversations (account_id, assignee_id, status, activity_step);
drop index conversations_by_team;
create index conversations_by_team on conversations (account_id, team_id, status, activity_step) where team_id is not null;
drop index conversations_by_priority;
create index conversations_by_priority
  on conversations (account_id, status, priority, activity_step) where priority is not null;
drop index contacts_by_activity;
create index contacts_by_activity on contacts (account_id, activity_step);

alter table conversations set (fillfactor = 70);
alter table contacts set (fillfactor = 80);
alter table streams set (fillfactor = 50);

-- No query chooses by these; looking at them would be most of the work of an analysis.
alter table events alter column payload set statistics 0;
alter table messages alter column content set statistics 0;
alter table messages alter column content_attributes set statistics 0;
