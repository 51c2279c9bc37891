-- One message per conversation and echo key, by constraint. Until now keys stood in `message_echoes` and in the memory of
-- the server, and one key could make several messages: the first of them keeps the key, so that a repeat still finds it.
update messages set echo_key = null where id in (
  select id from (
    select id, row_number() over (partition by conversation_id, echo_key order by id) as place
    from messages where echo_key is not null)
  where place > 1);
create unique index messages_by_echo on messages (conversation_id, echo_key) where echo_key is not null;
drop table message_echoes;
delete from sequences where name = 'message_echoes';
