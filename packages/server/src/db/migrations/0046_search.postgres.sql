-- Full text of messages and contacts in indexes of expressions, which PostgreSQL keeps by itself. Signs between words
-- become blanks first: an address or a number with hyphens is several words, as on SQLite.
create function search_words(document text) returns tsvector language sql immutable parallel safe as $$
  select to_tsvector('simple', lower(translate(document,
    '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')))
$$;

create index messages_search on messages using gin (search_words(content))
  where message_type < 2 and content is not null and position('"deleted":true' in content_attributes) = 0;

create index contacts_search on contacts using gin (search_words(
  name || ' ' || coalesce(email, '') || ' ' || coalesce(phone_number, '') || ' ' || coalesce(identifier, '')));
