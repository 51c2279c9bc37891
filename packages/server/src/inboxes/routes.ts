/** Inboxes and their members: endpoint to verb. */
import type { agentInboxes } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { listAssignableAgents } from './assignable.ts';
import { setInboxBot, showInboxBot } from './bot.ts';
import { reportIdentity } from './identity-report.ts';
import {
  createInbox,
  deleteInbox,
  deleteInboxAvatar,
  deletePreviousHmacToken,
  listInboxes,
  resetInboxSecret,
  rotateHmacToken,
  showInbox,
  updateInbox,
} from './inboxes.ts';
import { addInboxMembers, listInboxMembers, removeInboxMembers, setInboxMembers } from './members.ts';

export const inboxRoutes: Routes<typeof agentInboxes> = {
  agentListInboxes: listInboxes,
  agentCreateInbox: createInbox,
  agentGetInbox: showInbox,
  agentUpdateInbox: updateInbox,
  agentDeleteInbox: deleteInbox,
  agentDeleteInboxAvatar: deleteInboxAvatar,
  agentRotateHmacToken: rotateHmacToken,
  agentDeletePreviousHmacToken: deletePreviousHmacToken,
  agentResetInboxSecret: resetInboxSecret,
  agentGetInboxBot: showInboxBot,
  agentSetInboxBot: setInboxBot,
  agentGetIdentityReport: reportIdentity,
  agentListInboxAssignableAgents: (app, caller, { id }) =>
    listAssignableAgents(app, caller, { inbox_ids: [id] }),
  agentListAssignableAgents: listAssignableAgents,
  agentListInboxMembers: listInboxMembers,
  agentAddInboxMembers: addInboxMembers,
  agentSetInboxMembers: setInboxMembers,
  agentRemoveInboxMembers: removeInboxMembers,
};
