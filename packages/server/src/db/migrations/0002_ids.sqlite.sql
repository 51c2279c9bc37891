-- Ids are handed out per table and never used twice, also after the newest row was deleted.
create table sequences (
  name text primary key,
  value bigint not null
) without rowid;
