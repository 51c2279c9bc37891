-- Addresses of pictures that contacts shall have, until they are fetched.
create table avatar_wishes (
  contact_id bigint primary key references contacts (id) on delete cascade,
  account_id bigint not null,
  url text not null,
  -- 1: in place of the picture there is; 0: only when there is none.
  replaces bigint not null
);
