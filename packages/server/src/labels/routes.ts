/** Labels: endpoint to verb. */
import type { agentLabels } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { createLabel, deleteLabel, listLabels, showLabel, updateLabel } from './labels.ts';

export const labelRoutes: Routes<typeof agentLabels> = {
  agentListLabels: listLabels,
  agentCreateLabel: createLabel,
  agentGetLabel: showLabel,
  agentUpdateLabel: updateLabel,
  agentDeleteLabel: deleteLabel,
};
