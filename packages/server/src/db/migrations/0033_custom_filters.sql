-- Filters that a user saved.
create table custom_filters (
  id bigint primary key,
  account_id bigint not null,
  user_id bigint not null,
  name text not null,
  filter_type text not null,
  query text not null,
  created_at bigint not null,
  updated_at bigint not null,
  foreign key (account_id, user_id) references account_users (account_id, user_id) on delete cascade
);
create index custom_filters_by_owner on custom_filters (account_id, user_id, filter_type, id);
