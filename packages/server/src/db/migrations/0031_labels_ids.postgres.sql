create sequence labels_id_seq owned by labels.id;
create sequence label_changes_id_seq owned by label_changes.id;
create sequence canned_responses_id_seq owned by canned_responses.id;
