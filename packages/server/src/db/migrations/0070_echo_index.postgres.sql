-- One message per conversation and echo key, by the same index as on SQLite: messages without a key are not in it. Older
-- versions made the index that it replaces for a table constraint. The update finds rows only where somebody dropped that.
update messages set echo_key = null where id in (
  select id from (
    select id, row_number() over (partition by conversation_id, echo_key order by id) as place
    from messages where echo_key is not null) as numbered
  where place > 1);
create unique index messages_by_echo on messages (conversation_id, echo_key) where echo_key is not null;
alter table messages drop constraint if exists messages_conversation_id_echo_key_key;
drop index if exists messages_conversation_id_echo_key_key;
