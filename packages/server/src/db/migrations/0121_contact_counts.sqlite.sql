-- The number of contacts of an account who said who they are, kept by triggers: the list of contacts shows it.
create table contact_counts (
  account_id integer primary key,
  count integer not null
);

insert into contact_counts (account_id, count)
  select account_id, count(*) from contacts
    where email is not null or phone_number is not null or identifier is not null
    group by account_id;

create trigger contacts_counted after insert on contacts
when new.email is not null or new.phone_number is not null or new.identifier is not null
begin
  insert into contact_counts (account_id, count) values (new.account_id, 1)
    on conflict (account_id) do update set count = count + 1;
end;

create trigger contacts_discounted after delete on contacts
when old.email is not null or old.phone_number is not null or old.identifier is not null
begin
  update contact_counts set count = count - 1 where account_id = old.account_id;
end;

create trigger contacts_recounted after update of email, phone_number, identifier on contacts
when (old.email is not null or old.phone_number is not null or old.identifier is not null)
  <> (new.email is not null or new.phone_number is not null or new.identifier is not null)
begin
  insert into contact_counts (account_id, count)
    values (new.account_id, case when old.email is null and old.phone_number is null and old.identifier is null then 1 else -1 end)
    on conflict (account_id) do update set count = count + excluded.count;
end;
