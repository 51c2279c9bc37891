-- Full text of messages and contacts, kept by the statements that change them; new messages are added a moment
-- later, up to the sequence `messages_search` (db/search/search.ts). The text itself stays in its table; marks belong to words, so
-- that scripts which need them are split as they are read.
create virtual table messages_search using fts5(
  content, content = 'messages', content_rowid = 'id', detail = none,
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);
insert into messages_search (rowid, content) select id, content from messages
  where message_type < 2 and content is not null and instr(content_attributes, '"deleted":true') = 0;
insert into sequences (name, value) select 'messages_search', coalesce(max(id), 0) from messages;

create trigger messages_lost after delete on messages
when old.id <= (select value from sequences where name = 'messages_search')
  and old.message_type < 2 and old.content is not null and instr(old.content_attributes, '"deleted":true') = 0
begin
  insert into messages_search (messages_search, rowid, content) values ('delete', old.id, old.content);
end;

create trigger messages_unfound after update of content, content_attributes on messages
when old.id <= (select value from sequences where name = 'messages_search')
  and old.message_type < 2 and old.content is not null and instr(old.content_attributes, '"deleted":true') = 0
  and (new.content is not old.content or instr(new.content_attributes, '"deleted":true') > 0)
begin
  insert into messages_search (messages_search, rowid, content) values ('delete', old.id, old.content);
end;

create trigger messages_refound after update of content, content_attributes on messages
when new.id <= (select value from sequences where name = 'messages_search')
  and new.message_type < 2 and new.content is not null and instr(new.content_attributes, '"deleted":true') = 0
  and (new.content is not old.content or instr(old.content_attributes, '"deleted":true') > 0)
begin
  insert into messages_search (rowid, content) values (new.id, new.content);
end;

create virtual table contacts_search using fts5(
  name, email, phone_number, identifier, content = 'contacts', content_rowid = 'id', detail = none,
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);
insert into contacts_search (rowid, name, email, phone_number, identifier)
  select id, name, email, phone_number, identifier from contacts;

create trigger contacts_found after insert on contacts begin
  insert into contacts_search (rowid, name, email, phone_number, identifier)
    values (new.id, new.name, new.email, new.phone_number, new.identifier);
end;

create trigger contacts_lost after delete on contacts begin
  insert into contacts_search (contacts_search, rowid, name, email, phone_number, identifier)
    values ('delete', old.id, old.name, old.email, old.phone_number, old.identifier);
end;

create trigger contacts_refound after update of name, email, phone_number, identifier on contacts
when new.name is not old.name or new.email is not old.email
  or new.phone_number is not old.phone_number or new.identifier is not old.identifier
begin
  insert into contacts_search (contacts_search, rowid, name, email, phone_number, identifier)
    values ('delete', old.id, old.name, old.email, old.phone_number, old.identifier);
  insert into contacts_search (rowid, name, email, phone_number, identifier)
    values (new.id, new.name, new.email, new.phone_number, new.identifier);
end;
