-- The newest archives that `hoory backup` has written, so that `hoory doctor` and /metrics know how old the last one is
-- (backup/store.ts). A row says that the archive was complete, not that its file is still there.
create table backups (
  id bigint primary key,
  -- Host name of the machine that wrote it.
  host text not null,
  file text not null,
  size bigint not null,
  is_encrypted bigint not null,
  -- Files that rows name and that the store did not have.
  missing_files bigint not null,
  -- The time of the contents: when the copy of the database began.
  created_at bigint not null,
  finished_at bigint not null
);
create sequence backups_id_seq owned by backups.id;
