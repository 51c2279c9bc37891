/**
 * Lists that the mobile app of upstream asks for at start: integrations, macros, dashboard apps (application-api.md sections
 * 6.13 and 6.17). They are served so that the app works; what is behind them is not.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { FreeForm, named, object } from './schema.ts';

/** An integration on offer; there are none. */
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
  agentListMacros: {
    method: 'GET',
    path: `${accountPath}/macros`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the macros: there are none',
    params: accountParams,
    returns: object({ payload: Type.Array(FreeForm) }),
  },
  agentListDashboardApps: {
    method: 'GET',
    path: `${accountPath}/dashboard_apps`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the dashboard apps: there are none',
    params: accountParams,
    returns: Type.Array(FreeForm),
  },
  agentListPortals: {
    method: 'GET',
    path: `${accountPath}/portals`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the help centers: there are none',
    params: accountParams,
    returns: object({
      payload: Type.Array(FreeForm),
      meta: object({ current_page: Type.Integer(), portals_count: Type.Integer() }),
    }),
  },
});
