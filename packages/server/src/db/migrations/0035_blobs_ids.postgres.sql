create sequence blobs_id_seq owned by blobs.id;
