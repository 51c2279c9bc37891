-- Accounts whose conversations and contacts may carry labels in a spelling that is not taken any more (labels/spelling.ts).
create table label_spellings_due (
  account_id bigint primary key references accounts (id) on delete cascade
);
insert into label_spellings_due (account_id) select id from accounts;
