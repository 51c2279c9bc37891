-- Links by which a user sets a password or confirms an address, as hashes.
create table user_tokens (
  token_hash text primary key,
  user_id bigint not null references users (id) on delete cascade,
  -- The address that it makes the user's, if it does: no such token sets a password.
  email text,
  expires_at bigint not null,
  created_at bigint not null
);
create index user_tokens_by_user on user_tokens (user_id);
