-- Payloads of older events and deliveries, which repeat each other: many of them in one compressed text (db/packs.ts). A row whose
-- payload is in a pack has an empty one.
create table packs (
  id bigint primary key,
  -- The table of its rows.
  noun text not null,
  -- The greatest id of its rows.
  last_id bigint not null,
  -- How many rows are left; the pack is deleted with the last of them.
  row_count bigint not null,
  texts bytea not null
);
create sequence packs_id_seq owned by packs.id;
-- Compressed already.
alter table packs alter column texts set storage external;
alter table packs alter column texts set statistics 0;
create index packs_by_last_id on packs (noun, last_id);

alter table events add column pack_id bigint;
alter table webhook_deliveries add column pack_id bigint;
-- An update of each row leaves room for others: vacuum more often than after a fifth of all rows.
alter table events set (autovacuum_vacuum_scale_factor = 0.02);
alter table webhook_deliveries set (autovacuum_vacuum_scale_factor = 0.02);

-- The deliveries whose payload is to be packed.
create index webhook_deliveries_unpacked on webhook_deliveries (settled_at)
  where settled_at is not null and pack_id is null and payload <> '';
