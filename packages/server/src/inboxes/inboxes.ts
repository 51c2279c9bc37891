/** Verbs of inboxes and their API channel (application-api.md section 6.5, decisions.md 8). */
import type { Inbox } from '@hoory/contract';
import { bumpCacheKey } from '../accounts/cache-keys.ts';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { InboxRow } from '../db/tables.ts';
import { emitAccessChanges } from '../events/access.ts';
import { deletePicture, readPicture, storePicture } from '../files/blobs.ts';
import { discardFiles } from '../files/discard.ts';
import type { RequestContext } from '../http/routes.ts';
import { newToken } from '../secrets.ts';
import { getVisibleInbox, visibleInboxIds } from './access.ts';
import { type InboxInput, toInboxColumns, toName } from './input.ts';
import { changedColumns } from './rules.ts';
import { deleteInboxRow, getInbox, insertInbox, listInboxRows, updateInboxRow } from './store.ts';
import { toInbox } from './wire.ts';

/** The previous HMAC token stays valid for a week, in which integrators deploy the new one. */
const previousTokenLifetimeMs = 7 * 86_400_000;

/** The inboxes that the caller may see, by name; secrets for administrators only. */
export async function listInboxes(app: App, caller: AgentCaller): Promise<{ payload: Inbox[] }> {
  const ids = await visibleInboxIds(app, caller);
  const rows = await listInboxRows(app.db, caller.account.id, ids === 'all' ? undefined : ids);
  return { payload: rows.map((row) => toInbox(row, caller.role)) };
}

/** @throws not_found, not_authorized 401 for an agent who is not a member */
export async function showInbox(app: App, caller: AgentCaller, { id }: { id: number }): Promise<Inbox> {
  return toInbox(await getVisibleInbox(app.db, caller, id), caller.role);
}

/** Creates an inbox of the account. It has no members yet. @throws invalid 422 by field, also for the picture */
export async function createInbox(
  app: App,
  { account, role }: AgentCaller,
  input: InboxInput,
  { uploads }: Pick<RequestContext, 'uploads'>,
): Promise<Inbox> {
  const picture = await readPicture(app, uploads);
  return app.db.write(async (tx) => {
    const inbox = await addInbox(app, tx, account.id, input);
    if (!picture) return toInbox(inbox, role);
    const avatar_url = await storePicture(app, tx, pictureOf(inbox), picture);
    await updateInboxRow(tx, { ...inbox, avatar_url }, ['avatar_url']);
    return toInbox({ ...inbox, avatar_url }, role);
  });
}

const pictureOf = ({ id, account_id }: InboxRow) => ({ account_id, owner: `inbox:${id}` });

/**
 * Inserts an inbox, notifies listeners and updates sockets, for the agent API and the command line.
 * @throws invalid 422 by field
 */
export async function addInbox(app: App, tx: Tx, account_id: number, input: InboxInput): Promise<InboxRow> {
  const columns = { ...toInboxColumns(input, undefined), name: toName(input.name), account_id };
  const inbox = await insertInbox(app, tx, columns);
  await bumpCacheKey(app, tx, { account_id, list: 'inbox' });
  await app.listeners.notify(tx, [
    { event: 'inbox_created', account_id, inbox_id: inbox.id, detail: { inbox } },
  ]);
  emitAccessChanges(tx, [{ account_id, inbox_id: inbox.id }]);
  return inbox;
}

/** Changes the fields that the input names. @throws not_found, invalid 422 by field */
export async function updateInbox(
  app: App,
  caller: AgentCaller,
  { id, ...input }: InboxInput & { id: number },
  { uploads }: Pick<RequestContext, 'uploads'>,
): Promise<Inbox> {
  const picture = await readPicture(app, uploads);
  return changeInbox(app, caller, {
    id,
    decide: async (inbox, tx) => ({
      ...toInboxColumns(input, inbox),
      ...(picture && { avatar_url: await storePicture(app, tx, pictureOf(inbox), picture) }),
    }),
  });
}

/** Deletes the uploaded picture, if there is one, and the address of the avatar. @throws not_found */
export async function deleteInboxAvatar(
  app: App,
  caller: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  await changeInbox(app, caller, {
    id,
    decide: async (inbox, tx) => {
      await deletePicture(app, tx, pictureOf(inbox).owner);
      return { avatar_url: null };
    },
  });
}

/** Replaces the HMAC token; the previous one stays valid for 7 days. @throws not_found */
export const rotateHmacToken = (app: App, caller: AgentCaller, { id }: { id: number }): Promise<Inbox> =>
  changeInbox(app, caller, {
    id,
    decide: ({ hmac_token }) => ({
      hmac_token: newToken(),
      previous_hmac_token: hmac_token,
      previous_hmac_token_until: app.now() + previousTokenLifetimeMs,
    }),
  });

/** Ends the validity of the previous HMAC token at once. @throws not_found */
export const deletePreviousHmacToken = (
  app: App,
  caller: AgentCaller,
  { id }: { id: number },
): Promise<Inbox> =>
  changeInbox(app, caller, {
    id,
    decide: () => ({ previous_hmac_token: null, previous_hmac_token_until: null }),
  });

/** Replaces the secret that signs deliveries to the inbox's webhook. @throws not_found */
export const resetInboxSecret = (app: App, caller: AgentCaller, { id }: { id: number }): Promise<Inbox> =>
  changeInbox(app, caller, { id, decide: () => ({ secret: newToken() }) });

interface InboxChange {
  id: number;
  /** Returns the columns to change, given the stored row. */
  decide(inbox: InboxRow, tx: Tx): Partial<InboxRow> | Promise<Partial<InboxRow>>;
}

/** Calls `decide` with the stored inbox, under the account's lock, and writes the columns that differ. @throws not_found */
export function changeInbox(
  app: App,
  { account, role }: AgentCaller,
  { id, decide }: InboxChange,
): Promise<Inbox> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const inbox = await getInbox(tx, account.id, id);
    return toInbox(await writeChanges(app, tx, inbox, await decide(inbox, tx)), role);
  });
}

/**
 * Writes the columns that differ, and notifies listeners; without a difference it does nothing. A change of the rules by which sessions
 * are authenticated makes sockets authenticate again. The caller holds the account's lock.
 */
export async function writeChanges(
  app: App,
  tx: Tx,
  inbox: InboxRow,
  columns: Partial<InboxRow>,
): Promise<InboxRow> {
  const changed = changedColumns(inbox, { ...inbox, ...columns });
  if (!changed.length) return inbox;
  const next: InboxRow = { ...inbox, ...columns, updated_at: app.now() };
  await updateInboxRow(tx, next, [...changed, 'updated_at']);
  await bumpCacheKey(app, tx, { account_id: inbox.account_id, list: 'inbox' });
  await app.listeners.notify(tx, [
    {
      event: 'inbox_updated',
      account_id: inbox.account_id,
      inbox_id: inbox.id,
      detail: { inbox: next, previous: inbox },
    },
  ]);
  if (changed.includes('identity_policy') || endsToken(inbox, next))
    emitAccessChanges(tx, [{ account_id: inbox.account_id, inbox_id: inbox.id }]);
  return next;
}

/** Whether proofs by an HMAC token that was valid are not valid any more. The first rotation ends none. */
const endsToken = (before: InboxRow, next: InboxRow): boolean =>
  before.previous_hmac_token !== null && before.previous_hmac_token !== next.previous_hmac_token;

/** Deletes the inbox with its conversations and, after the commit, their files. Contacts stay. @throws not_found */
export async function deleteInbox(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<{ message: string }> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    await getInbox(tx, account.id, id);
    await deletePicture(app, tx, `inbox:${id}`);
    const files = await deleteInboxRow(tx, id);
    await bumpCacheKey(app, tx, { account_id: account.id, list: 'inbox' });
    emitAccessChanges(tx, [{ account_id: account.id, inbox_id: id }]);
    tx.afterCommit(() => void discardFiles(app, files));
    return { message: 'The inbox was deleted' };
  });
}
