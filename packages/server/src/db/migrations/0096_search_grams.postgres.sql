-- Search by grams that the server makes of folded text (db/search/search-index.ts), the same on both databases; it replaces indexes
-- of `tsvector`. The tables are those of SQLite.
drop index messages_search;
drop index contacts_search;
drop function search_words(text);

alter table contacts add column search_text text;
alter table contacts add column name_key text collate "C";
create index contacts_unfolded on contacts (id) where search_text is null;
drop index contacts_by_name;
create index contacts_by_name on contacts (account_id, nullif(name_key, ''), id);

create table search_blocks (
  noun bigint not null,
  block bigint not null,
  ready bigint not null,
  claimed_at bigint not null,
  primary key (noun, block)
);

create table search_grams (
  noun bigint not null,
  block bigint not null,
  account_id bigint not null,
  gram text collate "C" not null,
  places text not null,
  primary key (noun, block, account_id, gram)
);
alter table search_grams alter column places set statistics 0;

create table search_changes (
  noun bigint not null,
  id bigint not null,
  account_id bigint not null,
  changed_at bigint not null,
  primary key (noun, id, account_id)
);

create function search_change(noun bigint, id bigint, account_id bigint) returns void language sql as $$
  insert into search_changes (noun, id, account_id, changed_at)
    values ($1, $2, $3, (extract(epoch from now()) * 1000)::bigint) on conflict do nothing
$$;

create function search_lost() returns trigger language plpgsql as $$
begin
  insert into search_changes (noun, id, account_id, changed_at)
    select distinct tg_argv[0]::bigint, id / 4096 * 4096, account_id, (extract(epoch from now()) * 1000)::bigint from lost
    on conflict do nothing;
  return null;
end $$;

create function search_changed() returns trigger language plpgsql as $$
begin
  perform search_change(tg_argv[0]::bigint, new.id, new.account_id);
  return null;
end $$;

create trigger messages_unsearched after delete on messages
  referencing old table as lost for each statement execute function search_lost('1');
create trigger messages_research after update of content, content_attributes on messages
  for each row when (new.content is distinct from old.content
    or position('"deleted":true' in new.content_attributes) <> position('"deleted":true' in old.content_attributes))
  execute function search_changed('1');
create trigger contacts_unsearched after delete on contacts
  referencing old table as lost for each statement execute function search_lost('2');
create trigger contacts_research after update of search_text on contacts
  for each row when (new.search_text is distinct from old.search_text)
  execute function search_changed('2');
