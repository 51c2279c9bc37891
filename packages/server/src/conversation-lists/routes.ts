/** Lists of conversations: endpoint to verb (application-api.md section 6.8). */
import type { AgentConversation, agentConversations } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import { readViewer, showConversations } from '../conversations/agent-wire.ts';
import type { Routes } from '../http/routes.ts';
import { listIdsOfContact } from './contact.ts';
import { filterConversations } from './filter.ts';
import { countConversations, listConversations } from './list.ts';

export const conversationListRoutes: Routes<
  Pick<
    typeof agentConversations,
    | 'agentListConversations'
    | 'agentGetConversationCounts'
    | 'agentFilterConversations'
    | 'agentListContactConversations'
  >
> = {
  agentListConversations: async (app, caller, input) => {
    const [{ counts, ids, next_cursor }, viewer] = await Promise.all([
      listConversations(app, caller, input),
      readViewer(app, caller),
    ]);
    const payload = await showConversations(app, app.db, { viewer, ids });
    return { data: { meta: { ...counts, next_cursor }, payload } };
  },
  agentGetConversationCounts: async (app, caller, input) => ({
    meta: await countConversations(app, caller, input),
  }),
  agentFilterConversations: async (app, caller, input) => {
    const { counts, ids, next_cursor } = await filterConversations(app, caller, input);
    const { mine_count, unassigned_count, all_count } = counts;
    return {
      meta: { mine_count, unassigned_count, all_count, next_cursor },
      payload: await show(app, caller, ids),
    };
  },
  agentListContactConversations: async (app, caller, { id }) => ({
    payload: await show(app, caller, await listIdsOfContact(app, caller, id)),
  }),
};

async function show(app: App, caller: AccountCaller, ids: readonly number[]): Promise<AgentConversation[]> {
  return showConversations(app, app.db, { viewer: await readViewer(app, caller), ids });
}
