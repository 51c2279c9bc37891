-- Counts the contacts of an account that said who they are without reading their rows.
create index contacts_by_identity on contacts (account_id, email, phone_number, identifier);
