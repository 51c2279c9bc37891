create unique index if not exists messages_conversation_id_echo_key_key on messages (conversation_id, echo_key);
