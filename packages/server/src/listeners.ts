/**
 * All listeners of domain events, in the order in which they run in the transaction of an event, with the reason of each position.
 */
import type { App } from './app.ts';
import { followConversations } from './assignment/follow-conversations.ts';
import { unassignLeavers } from './assignment/unassign-leavers.ts';
import { wakeRelabeling } from './automation/relabel.ts';
import { followRemovedBots } from './automation/removed-bots.ts';
import type { Background } from './background.ts';
import { leaveDeletedTeams } from './conversations/deleted-teams.ts';
import { followMentions } from './conversations/mentions.ts';
import { moveMergedConversations } from './conversations/merged-contacts.ts';
import type { Listener } from './events/listeners.ts';
import { detachRemovedBots } from './inboxes/bot.ts';
import { removeDeletedAgents } from './inboxes/members.ts';
import { postActivityLines } from './messages/activity.ts';
import { moveMergedNotes } from './notes/notes.ts';
import { createNotifications } from './notifications/create-notifications.ts';
import { deleteEmailsAboutErased } from './notifications/emails.ts';
import { countMessages } from './pages/metrics.ts';
import { forgetDeletedTeams } from './reports/deleted-teams.ts';
import { recordReports } from './reports/record.ts';
import { removeDeletedAgentsFromTeams } from './teams/members.ts';
import { enqueueDeliveries } from './webhooks/enqueue.ts';
import { followContactsInLedger } from './webhooks/erase.ts';
import { resendRetried } from './webhooks/retry.ts';

interface Entry<Needs> {
  name: string;
  /** Why the listener has this position. */
  reason: string;
  open(app: App, needs: Needs): Listener;
  /** Runs concurrently with the entry before it: neither reads what the other one writes. */
  isConcurrent?: true;
}

/** Listeners of every process that opens the database, also of the command line. */
export const listenerTable: readonly Entry<void>[] = [
  {
    name: 'moveMergedConversations',
    reason: 'first: later listeners find the conversations of a merged contact at the survivor',
    open: moveMergedConversations,
  },
  {
    name: 'removeDeletedAgents',
    reason: 'before all listeners that read the members of an inbox',
    open: () => removeDeletedAgents,
  },
  {
    name: 'removeDeletedAgentsFromTeams',
    reason: 'before all listeners that read the members of a team',
    open: () => removeDeletedAgentsFromTeams,
  },
  {
    name: 'forgetDeletedTeams',
    reason: 'before leaveDeletedTeams, which would subtract the facts of each conversation of the team',
    open: () => forgetDeletedTeams,
  },
  {
    name: 'leaveDeletedTeams',
    reason: 'before followConversations, which queues a conversation by its team',
    open: () => leaveDeletedTeams,
  },
  { name: 'moveMergedNotes', reason: 'anywhere: no other listener reads notes', open: () => moveMergedNotes },
  {
    name: 'recordReports',
    reason: 'before the listeners that change a conversation: it reads the row as the event left it',
    open: () => recordReports,
  },
  {
    name: 'detachRemovedBots',
    reason: 'before followRemovedBots, which asks whether an inbox has a bot',
    open: detachRemovedBots,
  },
  {
    name: 'followRemovedBots',
    reason: 'before notifications and webhooks, which read the assignee that it changes',
    open: followRemovedBots,
  },
  {
    name: 'unassignLeavers',
    reason: 'before notifications and webhooks, which read the assignee that it changes',
    open: unassignLeavers,
  },
  {
    name: 'followMentions',
    reason:
      'before createNotifications: users whom the mention has notified get no notification of the message',
    open: followMentions,
  },
  {
    name: 'createNotifications',
    reason: 'after all listeners that change conversations: it reads participants and assignees',
    open: createNotifications,
  },
  {
    name: 'enqueueDeliveries',
    reason: 'after all listeners that change conversations: a payload shows the conversation as it is then',
    open: enqueueDeliveries,
    isConcurrent: true,
  },
  {
    name: 'postActivityLines',
    reason: 'after enqueueDeliveries: the payload of a change does not hold its activity line',
    open: postActivityLines,
  },
  {
    name: 'resendRetried',
    reason: 'after enqueueDeliveries: both write deliveries, in the order of the events',
    open: resendRetried,
  },
  {
    name: 'followContactsInLedger',
    reason: 'after enqueueDeliveries: it also empties the deliveries of this transaction',
    open: () => followContactsInLedger,
  },
  {
    name: 'deleteEmailsAboutErased',
    reason: 'after createNotifications: it also deletes the emails of this transaction',
    open: () => deleteEmailsAboutErased,
  },
  { name: 'countMessages', reason: 'anywhere: it counts after the commit', open: countMessages },
];

/** Listeners of a started server, after those of `listenerTable`. */
export const serverListenerTable: readonly Entry<Background>[] = [
  {
    name: 'wakeRelabeling',
    reason: 'anywhere: it wakes the work after the commit',
    open: (_app, { relabeling }) => wakeRelabeling(relabeling),
  },
  {
    name: 'followConversations',
    reason: 'last: it queues open conversations by the assignee and team that the others have left',
    open: (app, { assignment }) => followConversations(app, (account_id) => assignment.wake(account_id)),
  },
];

export const registerListeners = (app: App): void => register(app, listenerTable, undefined);

export const registerServerListeners = (app: App, work: Background): void =>
  register(app, serverListenerTable, work);

function register<Needs>(app: App, table: readonly Entry<Needs>[], needs: Needs): void {
  const groups: Listener[][] = [];
  for (const { open, isConcurrent } of table) {
    const listener = open(app, needs);
    const last = groups.at(-1);
    if (isConcurrent && last) last.push(listener);
    else groups.push([listener]);
  }
  for (const group of groups) app.listeners.add(...group);
}
