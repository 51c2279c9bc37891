-- The sweep of left files asks which files of a folder an attachment names.
create index attachments_by_file on attachments (file_key) where file_key is not null;
create index attachments_by_thumb on attachments (thumb_key) where thumb_key is not null;
