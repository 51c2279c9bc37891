/** One change of many conversations or contacts, each in a transaction of its own (application-api.md section 6.15). */
import type { agentBulkActions, Input } from '@hoory/contract';
import { type OnlineUsers, readOnline } from '../agents/presence.ts';
import { getMember } from '../agents/store.ts';
import type { App } from '../app.ts';
import { setAssignee, setTeam } from '../assignment/assign.ts';
import type { AgentCaller } from '../caller.ts';
import { lockContact } from '../contacts/agent-store.ts';
import { listLabelTitles, writeContactLabels } from '../contacts/labels.ts';
import { actorOf } from '../conversations/change.ts';
import { eraseContact } from '../conversations/erase-contact.ts';
import { setLabels } from '../conversations/labels.ts';
import { changeStatus } from '../conversations/status.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { TeamRow } from '../db/tables.ts';
import { notAuthorized, Refusal } from '../errors.ts';
import type { Routes } from '../http/routes.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import { normalizeLabels } from '../labels/label-titles.ts';
import { type LoadedConversation, lockConversations } from '../messages/loaded-conversation.ts';
import { readWords } from '../stored-json.ts';
import { getTeam, listTeamIdsOfUser } from '../teams/store.ts';

type BulkInput = Input<(typeof agentBulkActions)['agentBulkAction']>;

export const bulkRoutes: Routes<typeof agentBulkActions> = {
  agentBulkAction: async (app, caller, input, context) => {
    const changed = await kinds[input.type](app, caller, input);
    const skipped = [...new Set(input.ids)].filter((id) => !changed.includes(id));
    // A header, because the response has no body (application-api.md section 6.15).
    if (skipped.length) context.header('x-hoory-passed-over', toHeaderList(skipped));
  },
};

/** Most ids that the header lists: proxies reject long headers. */
const maxHeaderIds = 100;

/** The ids, separated by commas; ids beyond `maxHeaderIds` are counted, as `+20`. */
const toHeaderList = (ids: readonly number[]): string =>
  [
    ...ids.slice(0, maxHeaderIds),
    ...(ids.length > maxHeaderIds ? [`+${ids.length - maxHeaderIds}`] : []),
  ].join(',');

/** Applies the input to one kind of record. Returns the ids that it changed, or that needed no change. */
const kinds: Record<
  BulkInput['type'],
  (app: App, caller: AgentCaller, input: BulkInput) => Promise<number[]>
> = {
  Conversation: changeConversations,
  Contact: changeContacts,
};

interface Change {
  input: BulkInput;
  caller: AgentCaller;
  team: TeamRow | undefined;
  online: OnlineUsers;
}

/**
 * Changes the conversations that the caller may see, by display id; others are skipped.
 * @throws not_found for an assignee or a team that is not in the account, before any change
 */
async function changeConversations(app: App, caller: AgentCaller, input: BulkInput): Promise<number[]> {
  const { assignee_id, team_id } = input.fields ?? {};
  const account_id = caller.account.id;
  if (assignee_id) await getMember(app.db, account_id, assignee_id);
  const team = team_id ? await getTeam(app.db, account_id, team_id) : undefined;
  const online = await readOnline(app, [account_id]);
  const changed: number[] = [];
  const visible = await findVisible(app, caller, input.ids ?? []);
  await changeEach(visible, ({ id, display_id }) =>
    app.db.write(async (tx) => {
      const loaded = (await lockConversations(tx, [id])).get(id);
      if (!loaded) return;
      await changeConversation(app, tx, loaded, { input, caller, team, online });
      tx.afterCommit(() => changed.push(display_id));
    }),
  );
  return changed;
}

/** Records whose changes wait at once, so that they share commits and other writes still come in between. */
const maxAtOnce = 25;

/** Changes all records in their order. */
async function changeEach<Item>(
  items: readonly Item[],
  change: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += maxAtOnce)
    await Promise.all(items.slice(start, start + maxAtOnce).map((item) => skipIfRefused(change(item))));
}

/** A record that refuses the change, such as a conversation with the most labels it may have, does not stop the others. */
async function skipIfRefused(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** The conversations that are in an inbox or a team of the caller. */
async function findVisible(app: App, caller: AgentCaller, display_ids: readonly number[]) {
  const inboxes = await visibleInboxIds(app, caller);
  const teams = await listTeamIdsOfUser(app.db, { account_id: caller.account.id, user_id: caller.user.id });
  const rows = await app.db.all(
    app.db.q
      .selectFrom('conversations')
      .select(['id', 'display_id', 'inbox_id', 'team_id'])
      .where('account_id', '=', caller.account.id)
      .where(isAnyOf(app.db, 'display_id', display_ids))
      .orderBy('id'),
  );
  return rows.filter(
    ({ inbox_id, team_id }) =>
      inboxes === 'all' || inboxes.includes(inbox_id) || (team_id !== null && teams.includes(team_id)),
  );
}

/** Sets status, assignee, team and labels, in this order, as far as the input names them. */
async function changeConversation(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { input, caller, team, online }: Change,
): Promise<void> {
  const { status, assignee_id, team_id } = input.fields ?? {};
  const by = actorOf(caller);
  let now = loaded;
  if (status) {
    const snoozed_until = input.snoozed_until ? input.snoozed_until * 1000 : null;
    now = await changeStatus(app, tx, now, { status, snoozed_until, by });
  }
  if (assignee_id !== undefined)
    now = await setAssignee(app, tx, now, { by, assignee_id: assignee_id || null });
  if (team_id !== undefined) now = await setTeam(app, tx, now, { by, team, online });
  const { add = [], remove = [] } = input.labels ?? {};
  if (!add.length && !remove.length) return;
  const labels = readWords(now.conversation.labels);
  const removed = await normalizeLabels(tx, loaded.conversation.account_id, remove);
  const kept = labels.filter((label) => !removed.includes(label));
  await setLabels(app, tx, now, { labels: [...kept, ...add], by });
}

/** Erases contacts, or adds labels to them. @throws not_authorized 401 for an erasure by an agent who is no administrator */
async function changeContacts(app: App, caller: AgentCaller, input: BulkInput): Promise<number[]> {
  if (!input.action_name) return labelContacts(app, caller, input);
  if (caller.role !== 'administrator') throw notAuthorized();
  const erased: number[] = [];
  // Contacts that are online, or not in the account, are skipped.
  for (const id of new Set(input.ids))
    await skipIfRefused(eraseContact(app, caller, { id }).then(() => erased.push(id)));
  return erased;
}

/** Adds labels; contacts that are not in the account are skipped. */
async function labelContacts(app: App, { account }: AgentCaller, input: BulkInput): Promise<number[]> {
  const add = await normalizeLabels(app.db, account.id, input.labels?.add ?? []);
  const labelled: number[] = [];
  await changeEach([...new Set(input.ids)], (id) =>
    app.db.write(async (tx) => {
      const contact = await lockContact(tx, account.id, id);
      if (!contact) return;
      const labels = await listLabelTitles(tx, id);
      await writeContactLabels(app, tx, contact, [...new Set([...labels, ...add])]);
      tx.afterCommit(() => labelled.push(id));
    }),
  );
  return labelled;
}
