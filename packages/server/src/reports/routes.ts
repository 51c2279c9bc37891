/** Reports and answers to surveys: endpoint to verb. */
import type { agentCsat, agentReports } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { countCsat, listCsat } from './csat.ts';
import { showConversationMetrics, showLiveMetrics } from './live.ts';
import { showReport, showSummary } from './reports.ts';

export const reportRoutes: Routes<typeof agentReports & typeof agentCsat> = {
  agentGetReport: showReport,
  agentGetReportSummary: showSummary,
  agentGetConversationMetrics: showConversationMetrics,
  agentGetLiveMetrics: showLiveMetrics,
  agentListCsatAnswers: async (app, caller, input, context) => {
    const { rows, next_cursor } = await listCsat(app, caller, input);
    // The answer is a list, with no room beside it.
    if (next_cursor) context.header('x-next-cursor', next_cursor);
    return rows;
  },
  agentGetCsatMetrics: countCsat,
};
