-- Labels of an account, those on contacts, and canned responses.
create table labels (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  title text not null,
  description text,
  color text not null,
  show_on_sidebar bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, title)
);

-- Renames and deletions that what carries the label has yet to follow, in the order of their ids.
create table label_changes (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  title text not null,
  -- Null when the label was deleted.
  new_title text,
  created_at bigint not null
);

create table contact_labels (
  contact_id bigint not null references contacts (id) on delete cascade,
  label text not null,
  account_id bigint not null,
  primary key (contact_id, label)
);
create index contact_labels_by_label on contact_labels (account_id, label, contact_id);

create table canned_responses (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  short_code text not null,
  content text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, short_code)
);
