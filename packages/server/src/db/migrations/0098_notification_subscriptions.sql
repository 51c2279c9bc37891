-- Devices that want notifications; `identifier` is the endpoint of a browser or the device of an app.
create table notification_subscriptions (
  id bigint primary key,
  user_id bigint not null references users (id) on delete cascade,
  subscription_type text not null,
  identifier text not null,
  push_token text,
  subscription_attributes text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (user_id, identifier)
);
