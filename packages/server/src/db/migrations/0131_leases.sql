-- Rights that one process has at a time (nodes/leases.ts). 'background' is the right to do the scheduled work. Not used on SQLite.
create table leases (
  name text primary key,
  -- The row in nodes of the process that has the right; null for none.
  node_id text,
  -- Milliseconds of the database's clock. From then on any process may take the right over.
  expires_at bigint not null,
  -- Grows each time that another process takes the right over.
  term bigint not null
);
insert into leases (name, node_id, expires_at, term) values ('background', null, 0, 0);
