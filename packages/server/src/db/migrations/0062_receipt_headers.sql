-- What the answer said in headers of its own, sealed as the answer is; null when it said nothing there.
alter table receipts add column headers text;
