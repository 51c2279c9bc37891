-- The number of contacts of an account who said who they are, kept by triggers: the list of contacts shows it. The number is
-- the sum of an account's rows, so that no writer waits for another; the server adds them up when they are many.
create table contact_counts (
  account_id bigint not null,
  count bigint not null
);
create index contact_counts_by_account on contact_counts (account_id);

insert into contact_counts (account_id, count)
  select account_id, count(*) from contacts
    where email is not null or phone_number is not null or identifier is not null
    group by account_id;

create function is_identified(contact contacts) returns boolean language sql immutable as $$
  select contact.email is not null or contact.phone_number is not null or contact.identifier is not null
$$;

create function count_contact() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and is_identified(old) then
    insert into contact_counts (account_id, count) values (old.account_id, -1);
  end if;
  if tg_op <> 'DELETE' and is_identified(new) then
    insert into contact_counts (account_id, count) values (new.account_id, 1);
  end if;
  return null;
end $$;

create trigger contacts_counted after insert or delete on contacts
  for each row execute function count_contact();

create trigger contacts_recounted after update of email, phone_number, identifier on contacts
  for each row when (is_identified(old) <> is_identified(new))
  execute function count_contact();
