-- The sessions of a contact by id: answers show its newest ones.
create index contact_inboxes_in_order on contact_inboxes (contact_id, id);
