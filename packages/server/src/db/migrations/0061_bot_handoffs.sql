-- Inboxes that have lost their bot, and whose pending conversations have yet to open for people.
create table bot_handoffs (
  inbox_id bigint primary key references inboxes (id) on delete cascade,
  account_id bigint not null,
  created_at bigint not null
);
