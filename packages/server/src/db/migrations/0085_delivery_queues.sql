-- Every statement of the delivery worker and of the ledger finds its rows by equality in one of these indexes, however many
-- deliveries are stored.
update webhook_deliveries set status = 'waiting', next_attempt_at = null, claim = null
where next_attempt_at is not null and conversation_id is not null and settled_at is null and exists (
  select 1 from webhook_deliveries as earlier where earlier.endpoint = webhook_deliveries.endpoint
    and earlier.conversation_id = webhook_deliveries.conversation_id and earlier.settled_at is null
    and earlier.next_attempt_at is not null and earlier.id < webhook_deliveries.id);
update webhook_deliveries set status = 'pending', next_attempt_at = created_at
where id in (
  select min(id) from webhook_deliveries where settled_at is null and conversation_id is not null
  group by endpoint, conversation_id having max(next_attempt_at) is null);

-- A conversation has one delivery at a time under way to an endpoint.
create unique index webhook_deliveries_in_turn on webhook_deliveries (endpoint, conversation_id)
  where next_attempt_at is not null;
drop index webhook_deliveries_due;
create index webhook_deliveries_due on webhook_deliveries (endpoint, next_attempt_at, id) where next_attempt_at is not null;

-- The ledger: lists without a status merge the lists of all four.
drop index webhook_deliveries_by_account;
drop index webhook_deliveries_troubled;
drop index webhook_deliveries_by_endpoint;
drop index webhook_deliveries_by_message;
create index webhook_deliveries_by_status on webhook_deliveries (account_id, status, id);
create index webhook_deliveries_by_endpoint on webhook_deliveries (account_id, endpoint, status, id);
create index webhook_deliveries_by_message on webhook_deliveries (message_id, id) where message_id is not null;

create index webhook_deliveries_transient on webhook_deliveries (settled_at)
  where is_transient = 1 and settled_at is not null;
