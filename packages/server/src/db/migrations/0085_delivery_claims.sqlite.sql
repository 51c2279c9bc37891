-- A restart releases the claims of the process before it, at most as many as requests were open.
create index webhook_deliveries_claimed on webhook_deliveries (claim) where claim is not null;
