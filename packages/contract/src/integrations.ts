/** Integrations: the list that clients read at start (application-api.md section 6.17). */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { FreeForm, named, object } from './schema.ts';

export const IntegrationApp = named('IntegrationApp', {
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  short_description: Type.String(),
  enabled: Type.Boolean(),
  hooks: Type.Array(FreeForm),
});
export type IntegrationApp = Static<typeof IntegrationApp>;

export const agentIntegrations = endpoints({
  agentListIntegrationApps: {
    method: 'GET',
    path: `${accountPath}/integrations/apps`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the integrations on offer',
    params: accountParams,
    returns: object({ payload: Type.Array(IntegrationApp) }),
  },
});
