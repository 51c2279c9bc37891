-- Agent bots: programs that receive the events of inboxes and answer through the agent API with their own token.
create table agent_bots (
  id bigint primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  name text not null,
  description text,
  outgoing_url text,
  bot_config text not null,
  avatar_url text,
  access_token text not null unique,
  secret text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index agent_bots_by_account on agent_bots (account_id, id);
create index conversations_by_bot on conversations (assignee_agent_bot_id) where assignee_agent_bot_id is not null;
