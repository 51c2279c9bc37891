-- Search by grams that the server makes of folded text (db/search/search-index.ts), the same on both databases; it replaces FTS5.
drop trigger messages_lost;
drop trigger messages_unfound;
drop trigger messages_refound;
drop table messages_search;
drop trigger contacts_found;
drop trigger contacts_lost;
drop trigger contacts_refound;
drop table contacts_search;
delete from sequences where name = 'messages_search';

-- What a contact is searched by, and what its name is sorted and compared by, both folded. Null until the server has folded
-- what an older one stored.
alter table contacts add column search_text text;
alter table contacts add column name_key text;
create index contacts_unfolded on contacts (id) where search_text is null;
drop index contacts_by_name;
create index contacts_by_name on contacts (account_id, nullif(name_key, ''), id);

-- Blocks of 4096 ids whose rows are in the index once `ready` is 1; `noun` is 1 for messages, 2 for contacts.
create table search_blocks (
  noun integer not null,
  block integer not null,
  ready integer not null,
  claimed_at integer not null,
  primary key (noun, block)
) without rowid;

-- Which rows of an account in a block have a gram. A block is written at once, in the order of this key.
create table search_grams (
  noun integer not null,
  block integer not null,
  account_id integer not null,
  gram text not null,
  places text not null,
  primary key (noun, block, account_id, gram)
) without rowid;

-- Rows that changed since their block was written; a deleted row stands under the first id of its block.
create table search_changes (
  noun integer not null,
  id integer not null,
  account_id integer not null,
  changed_at integer not null,
  primary key (noun, id, account_id)
) without rowid;

create trigger messages_unsearched after delete on messages begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (1, old.id / 4096 * 4096, old.account_id, unixepoch() * 1000);
end;
create trigger messages_research after update of content, content_attributes on messages
when new.content is not old.content
  or instr(new.content_attributes, '"deleted":true') <> instr(old.content_attributes, '"deleted":true')
begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (1, new.id, new.account_id, unixepoch() * 1000);
end;
create trigger contacts_unsearched after delete on contacts begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (2, old.id / 4096 * 4096, old.account_id, unixepoch() * 1000);
end;
create trigger contacts_research after update of search_text on contacts
when new.search_text is not old.search_text
begin
  insert or ignore into search_changes (noun, id, account_id, changed_at)
    values (2, new.id, new.account_id, unixepoch() * 1000);
end;
