create sequence notes_id_seq owned by notes.id;
