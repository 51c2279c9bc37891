-- When the newest event that was pruned from a stream was appended: a client that asks for what came since an earlier time
-- cannot be answered from the log.
alter table streams add column pruned_at bigint not null default 0;
