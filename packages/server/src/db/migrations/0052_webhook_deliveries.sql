-- Deliveries to webhooks and bots: written in the transaction of their cause, sent by the worker, kept as a ledger.
create table webhook_deliveries (
  id bigint primary key,
  delivery_id text not null,
  account_id bigint not null references accounts (id) on delete cascade,
  -- `inbox:<id>`, `webhook:<id>` or `bot:<id>`
  endpoint text not null,
  event text not null,
  -- The queue in which it waits for its turn; null for what has no order.
  conversation_id bigint,
  display_id bigint,
  message_id bigint,
  -- What the message was before it was marked failed because of this delivery.
  message_status text,
  contact_id bigint,
  -- Empty once the contact was erased.
  payload text not null,
  -- `waiting` behind another of its queue, `pending` at `next_attempt_at`, `delivered`, `failed`
  status text not null,
  -- Sent once and soon, or not at all.
  is_transient bigint not null,
  attempts bigint not null,
  -- Only of what is pending. While it is claimed: when the claim ends.
  next_attempt_at bigint,
  claim text,
  last_attempt_at bigint,
  settled_at bigint,
  response_status bigint,
  response_body text,
  error text,
  created_at bigint not null
);
create index webhook_deliveries_by_account on webhook_deliveries (account_id, id);
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint, id);
create index webhook_deliveries_by_message on webhook_deliveries (message_id) where message_id is not null;
create index webhook_deliveries_by_contact on webhook_deliveries (contact_id) where contact_id is not null;
create index webhook_deliveries_due on webhook_deliveries (endpoint, next_attempt_at) where next_attempt_at is not null;
create index webhook_deliveries_queued on webhook_deliveries (conversation_id, endpoint, id) where settled_at is null;
create index webhook_deliveries_settled on webhook_deliveries (settled_at) where settled_at is not null;

-- One row for each address that was ever sent something.
create table webhook_endpoints (
  endpoint text primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  -- Failed attempts in a row.
  failures bigint not null,
  resting_until bigint,
  -- The address that answered 410 Gone; another one is tried again.
  disabled_url text,
  last_success_at bigint,
  last_failure_at bigint,
  last_error text
);
create index webhook_endpoints_by_account on webhook_endpoints (account_id);
