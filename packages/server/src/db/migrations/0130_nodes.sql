-- Server processes that run on this database (nodes/nodes.ts); empty on SQLite, which has one. A row that its process has not renewed
-- for a while belongs to a dead one, and is deleted by the others.
create table nodes (
  id text primary key,
  -- Host name and port.
  name text not null,
  version text not null,
  started_at bigint not null,
  -- Milliseconds of the database's clock, as all nodes share that one.
  seen_at bigint not null,
  -- Open sockets of /cable.
  sockets bigint not null,
  -- Hashes of the settings that must agree, by name.
  settings text not null
);
