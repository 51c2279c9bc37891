-- The list that users look at: neither read nor snoozed, by last activity.
create index notifications_listed on notifications (account_id, user_id, last_activity_at, id)
  where read_at is null and snoozed_until is null;
