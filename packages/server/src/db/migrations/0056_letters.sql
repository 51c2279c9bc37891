-- Letters that the mail server has not taken yet; what they say is sealed with the installation's key.
create table letters (
  id text primary key,
  sealed text not null,
  -- Whom it quotes: with them it goes.
  contact_id bigint,
  attempts bigint not null,
  next_attempt_at bigint not null,
  created_at bigint not null
);
create index letters_due on letters (next_attempt_at);
create index letters_by_contact on letters (contact_id) where contact_id is not null;
