-- Messages by echo key, up to the sequence `message_echoes`; newer ones are added in portions (db/echoes.ts), because keys
-- are random: each message would write a page of its own.
create table message_echoes (
  conversation_id integer not null references conversations (id) on delete cascade,
  echo_key text not null,
  message_id integer not null,
  primary key (conversation_id, echo_key)
) without rowid;

insert into message_echoes (conversation_id, echo_key, message_id)
  select conversation_id, echo_key, id from messages where echo_key is not null order by conversation_id, echo_key;
insert into sequences (name, value) select 'message_echoes', coalesce(max(id), 0) from messages;
