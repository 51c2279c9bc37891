create sequence events_id_seq owned by events.id;
create sequence stream_entries_id_seq owned by stream_entries.id;
select setval('events_id_seq', max(id)) from events having max(id) is not null;
select setval('stream_entries_id_seq', max(id)) from stream_entries having max(id) is not null;

-- What the newest entry was before the statement that appended last: only an update knows it once it has the lock.
alter table streams add column before_entry_id bigint not null default 0;
