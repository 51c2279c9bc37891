-- Teams and who is in them; since when each list of an account is as it is.
alter table accounts add column cache_keys text not null default '{}';

create table teams (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  description text,
  allow_auto_assign bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, name)
);

create table team_members (
  team_id bigint not null references teams (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  primary key (team_id, user_id)
);
create index team_members_by_user on team_members (user_id);

create index conversations_by_team on conversations (account_id, team_id, status, last_activity_at)
  where team_id is not null;
