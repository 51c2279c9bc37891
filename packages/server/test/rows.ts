/** Rows for tests of the engines, written straight to the tables: an account, an inbox, people. */

import type { App } from '../src/app.ts';
import { insertContact, insertSession } from '../src/contacts/store.ts';
import type { ContactInboxRow, InboxRow, UserRow } from '../src/db/tables.ts';
import { newToken, newUuid } from '../src/secrets.ts';

export async function addAccount(app: App): Promise<number> {
  return app.db.write(async (tx) => {
    const [id] = (await tx.nextIds('accounts', 1)) as [number];
    await tx.insertMany('accounts', [
      {
        id,
        name: 'Acme',
        locale: 'en',
        domain: null,
        support_email: null,
        status: 'active',
        settings: '{}',
        custom_attributes: '{}',
        last_display_id: 0,
        cache_keys: '{}',
        created_at: 0,
        updated_at: 0,
      },
    ]);
    return id;
  });
}

export async function addInbox(
  app: App,
  account_id: number,
  identity_policy: 'legacy' | 'safe' | 'enforce' = 'safe',
): Promise<InboxRow> {
  return app.db.write(async (tx) => {
    const [id] = (await tx.nextIds('inboxes', 1)) as [number];
    const row: InboxRow = {
      id,
      account_id,
      name: 'Shop',
      identifier: newToken(),
      webhook_url: null,
      hmac_token: newToken(),
      previous_hmac_token: null,
      previous_hmac_token_until: null,
      secret: newToken(),
      identity_policy,
      additional_attributes: '{}',
      avatar_url: null,
      greeting_enabled: 0,
      greeting_message: null,
      working_hours_enabled: 0,
      working_hours: '[]',
      out_of_office_message: null,
      timezone: 'UTC',
      enable_email_collect: 0,
      enable_auto_assignment: 0,
      auto_assignment_config: '{}',
      csat_survey_enabled: 0,
      csat_config: '{}',
      allow_messages_after_resolved: 1,
      lock_to_single_conversation: 0,
      sender_name_type: 'friendly',
      business_name: null,
      allowed_origins: '[]',
      agent_bot_id: null,
      created_at: 0,
      updated_at: 0,
    };
    await tx.insertMany('inboxes', [row]);
    return row;
  });
}

/** A new contact with a session in the inbox. */
export async function addSession(
  app: App,
  { account_id, id }: Pick<InboxRow, 'account_id' | 'id'>,
  source_id: string = newUuid(),
): Promise<ContactInboxRow> {
  return app.db.write(async (tx) => {
    const contact = await insertContact(app, tx, { account_id, name: 'Ann' });
    return insertSession(app, tx, { account_id, contact_id: contact.id, inbox_id: id, source_id });
  });
}

/** A user of the account, member of these inboxes. */
export async function addUser(
  app: App,
  {
    account_id,
    role,
    inboxes = [],
  }: { account_id: number; role: 'administrator' | 'agent'; inboxes?: number[] },
): Promise<UserRow> {
  return app.db.write(async (tx) => {
    const [id] = (await tx.nextIds('users', 1)) as [number];
    const row: UserRow = {
      id,
      name: 'Bea',
      display_name: null,
      email: `bea${id}@example.com`,
      password_hash: null,
      access_token: newToken(),
      pubsub_token: newToken(),
      message_signature: null,
      avatar_url: null,
      ui_settings: '{}',
      custom_attributes: '{}',
      confirmed: 1,
      created_at: 0,
      updated_at: 0,
    };
    await tx.insertMany('users', [row]);
    await tx.insertMany('account_users', [
      {
        account_id,
        user_id: id,
        role,
        availability: 'online',
        auto_offline: 1,
        inviter_id: null,
        active_at: null,
        created_at: 0,
      },
    ]);
    await tx.insertMany(
      'inbox_members',
      inboxes.map((inbox_id) => ({ inbox_id, user_id: id, created_at: 0 })),
    );
    return row;
  });
}
