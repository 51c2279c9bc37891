-- The contacts of an account by id, for lists by creation and for filters: both read all contacts of the installation in their place.
create index contacts_by_number on contacts (account_id, id);
