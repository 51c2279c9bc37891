-- Stored files outside of messages: pictures of people and inboxes, and uploads of agents.
create table blobs (
  id bigint primary key,
  account_id bigint references accounts (id) on delete cascade,
  -- Whose picture it is, `contact:<id>`; null for an upload.
  owner text unique,
  file_key text not null,
  file_name text not null,
  content_type text not null,
  file_size bigint not null,
  created_at bigint not null
);
create index blobs_by_file on blobs (file_key);
create index blobs_uploaded on blobs (created_at) where owner is null;
