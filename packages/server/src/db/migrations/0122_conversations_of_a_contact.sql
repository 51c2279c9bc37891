-- The conversations of a contact are listed by id, the newest first. The index held no id, so a list sorted all conversations of the
-- contact; on SQLite it held the time of activity, so each message moved its entry.
drop index conversations_by_contact;
create index conversations_by_contact on conversations (contact_id, id);
