-- What agents note about contacts.
create table notes (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  contact_id bigint not null references contacts (id) on delete cascade,
  user_id bigint references users (id) on delete set null,
  content text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index notes_by_contact on notes (contact_id, id);
