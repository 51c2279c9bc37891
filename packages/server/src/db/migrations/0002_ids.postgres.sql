-- Ids are handed out without a lock and never used twice.
create sequence accounts_id_seq owned by accounts.id;
create sequence users_id_seq owned by users.id;
create sequence sign_ins_id_seq owned by sign_ins.id;
create sequence inboxes_id_seq owned by inboxes.id;
create sequence contacts_id_seq owned by contacts.id;
create sequence contact_inboxes_id_seq owned by contact_inboxes.id;
create sequence conversations_id_seq owned by conversations.id;
create sequence messages_id_seq owned by messages.id;
create sequence attachments_id_seq owned by attachments.id;
create sequence csat_survey_responses_id_seq owned by csat_survey_responses.id;
create sequence custom_attribute_definitions_id_seq owned by custom_attribute_definitions.id;
create sequence webhooks_id_seq owned by webhooks.id;
create sequence streams_id_seq owned by streams.id;
