-- Who follows a conversation, what agents have written and not sent, and the files of a conversation in one index.
create table conversation_participants (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  account_id bigint not null,
  created_at bigint not null,
  primary key (conversation_id, user_id)
);
create index conversation_participants_by_user on conversation_participants (account_id, user_id, conversation_id);

create table conversation_drafts (
  conversation_id bigint not null references conversations (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  message text not null,
  updated_at bigint not null,
  primary key (conversation_id, user_id)
);

alter table attachments add column conversation_id bigint;
update attachments set conversation_id = (select conversation_id from messages where messages.id = attachments.message_id);
create index attachments_by_conversation on attachments (conversation_id, id);
