/** Reports and answers to surveys: endpoint to verb. */
import type { agentCsat, agentReports } from '@hoory/contract';
import type { Page } from '../db/keyset.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { countCsat, listCsat } from './csat.ts';
import { countConversations, listAgentMetrics, showLiveMetrics } from './live.ts';
import { showReport, showSummary } from './reports.ts';

export const reportRoutes: Routes<typeof agentReports & typeof agentCsat> = {
  agentGetReport: showReport,
  agentGetReportSummary: showSummary,
  agentGetConversationMetrics: async (app, caller, { type, ...request }, context) => {
    if (type === 'account') return countConversations(app, caller);
    return toBareList(await listAgentMetrics(app, caller, request), context);
  },
  agentGetLiveMetrics: showLiveMetrics,
  agentListCsatAnswers: async (app, caller, input, context) =>
    toBareList(await listCsat(app, caller, input), context),
  agentGetCsatMetrics: countCsat,
};

/** The body is a list without meta data, so the cursor of the next page goes into a header. */
function toBareList<Row>({ rows, next_cursor }: Page<Row>, context: RequestContext): Row[] {
  if (next_cursor) context.header('x-next-cursor', next_cursor);
  return rows;
}
