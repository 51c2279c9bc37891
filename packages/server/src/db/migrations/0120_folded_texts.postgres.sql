-- What filters compare and sorts order by, folded by the server; null until it has folded what an older one stored. Keys of blank
-- texts are null. Texts are ordered by their bytes, as on SQLite.
alter table contacts add column folded_texts text;
alter table contacts add column company_key text collate "C";
alter table contacts add column city_key text collate "C";
alter table contacts add column country_key text collate "C";
alter table contacts alter column email type text collate "C";
alter table contacts alter column phone_number type text collate "C";
update contacts set name_key = null where name_key = '';
drop index contacts_by_name;
create index contacts_by_name on contacts (account_id, name_key, id);
drop index contacts_unfolded;
create index contacts_unfolded on contacts (id) where folded_texts is null;
create index contacts_by_company on contacts (account_id, company_key, id);
create index contacts_by_city on contacts (account_id, city_key, id);
create index contacts_by_country on contacts (account_id, country_key, id);

alter table conversations add column folded_texts text;
create index conversations_unfolded on conversations (id) where folded_texts is null;
