-- Conversations that became open and wait for somebody to be chosen, and whose turn it was last.
create table assignment_queue (
  conversation_id bigint primary key references conversations (id) on delete cascade,
  created_at bigint not null
);

-- `scope` is an inbox or a team; user 0 counts the turns of a scope, every other row says when a user had the last one.
create table assignment_turns (
  scope text not null,
  user_id bigint not null,
  turn bigint not null,
  primary key (scope, user_id)
);
