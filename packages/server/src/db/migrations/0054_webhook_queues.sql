-- What is not settled, by endpoint: its queues, and how much there is. What an administrator looks for in the ledger.
drop index webhook_deliveries_queued;
create index webhook_deliveries_queued on webhook_deliveries (endpoint, conversation_id, id) where settled_at is null;
create index webhook_deliveries_troubled on webhook_deliveries (account_id, id) where status <> 'delivered';
