insert into sequences (name, value) select 'events', max(id) from events having max(id) is not null;
insert into sequences (name, value) select 'stream_entries', max(id) from stream_entries having max(id) is not null;
