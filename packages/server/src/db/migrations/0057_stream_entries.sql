-- The log, kept narrow: what was told stands once, whatever the number of streams that heard it. An entry knows the one
-- before it in its stream; only each 64th stands in an index, so that busy streams need not touch a page each per event.
alter table events rename to told;
drop index events_by_time;

create table events (
  id bigint primary key,
  event text not null,
  -- Entries that tell it; with the last of them it goes.
  entries bigint not null,
  created_at bigint not null,
  payload text not null
);

create table stream_entries (
  id bigint primary key,
  stream_id bigint not null,
  stream_offset bigint not null,
  -- The entry before it in its stream, 0 for the first.
  previous_id bigint not null,
  event_id bigint not null
);

insert into events (id, event, entries, created_at, payload)
  select row_number() over (order by created_at, stream_id, stream_offset), event, 1, created_at, payload from told;

insert into stream_entries (id, stream_id, stream_offset, previous_id, event_id)
  select number, stream_id, stream_offset,
    coalesce(lag(number) over (partition by stream_id order by stream_offset), 0), number
  from (select stream_id, stream_offset, row_number() over (order by created_at, stream_id, stream_offset) as number from told) as numbered;

drop table told;
create index stream_marks on stream_entries (stream_id, stream_offset) where stream_offset % 64 = 0;

alter table streams add column last_entry_id bigint not null default 0;
update streams set last_entry_id = newest.id
  from (select stream_id, id, row_number() over (partition by stream_id order by stream_offset desc) as place from stream_entries) as newest
  where newest.stream_id = streams.id and newest.place = 1;
