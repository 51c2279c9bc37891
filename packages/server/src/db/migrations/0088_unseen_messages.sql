-- What a customer has not read of a conversation, however long it is.
create index messages_unseen on messages (conversation_id, status, id) where message_type <> 0 and status <> 'read';
