/** Endpoints that no question asks, with the reason. A test finds an endpoint that is neither asked nor here. */
import type { agentApi, clientApi } from '@hoory/contract';

type EndpointName = keyof typeof agentApi | keyof typeof clientApi;

/** Names of endpoints by the reason why they are not asked. */
export const unasked: Readonly<Record<string, readonly EndpointName[]>> = {
  'touches no table that grows with messages or customers': [
    ...(['getVersion', 'getHealth', 'validateToken', 'agentListIntegrationApps', 'agentListMacros'] as const),
    ...(['agentListDashboardApps', 'agentListPortals', 'agentSearchArticles', 'agentGetTeam'] as const),
    ...(['agentGetLabel', 'agentGetCustomFilter', 'agentGetBot', 'agentGetInboxBot'] as const),
    ...(['agentGetCustomAttribute', 'setAvailability', 'setAutoOffline', 'setActiveAccount'] as const),
    ...(['updateProfile', 'deleteAvatar', 'agentUpdateAccount', 'agentUpdateActiveAt'] as const),
    ...(['agentCreateTeam', 'agentUpdateTeam', 'agentCreateLabel', 'agentCreateCannedResponse'] as const),
    ...(['agentUpdateCannedResponse', 'agentDeleteCannedResponse', 'agentCreateCustomFilter'] as const),
    ...(['agentUpdateCustomFilter', 'agentDeleteCustomFilter', 'agentCreateBot', 'agentUpdateBot'] as const),
    ...(['agentDeleteBotAvatar', 'agentCreateInbox', 'agentUpdateInbox', 'agentDeleteInboxAvatar'] as const),
    ...(['agentAddTeamMembers', 'createNotificationSubscription', 'deleteNotificationSubscription'] as const),
    ...(['agentUpdateNotificationSettings', 'agentCreateWebhook', 'agentUpdateWebhook'] as const),
    ...(['agentCreateCustomAttribute', 'agentUpdateCustomAttribute'] as const),
  ],
  'hashes a password, sends mail or changes a secret that other questions use': [
    ...(['signIn', 'signOut', 'requestPasswordReset', 'resetPassword', 'confirmUser'] as const),
    ...(['resendConfirmation', 'resetAccessToken', 'agentCreateAgent', 'agentCreateAgents'] as const),
    ...([
      'agentUpdateAgent',
      'agentResetBotAccessToken',
      'agentResetBotSecret',
      'agentRotateHmacToken',
    ] as const),
    ...(['agentDeletePreviousHmacToken', 'agentResetInboxSecret', 'agentSendTranscript'] as const),
  ],
  'takes away what other questions need': [
    ...(['agentDeleteAgent', 'agentDeleteTeam', 'agentDeleteInbox', 'agentDeleteLabel'] as const),
    ...(['agentDeleteBot', 'agentDeleteWebhook', 'agentDeleteCustomAttribute', 'agentUpdateLabel'] as const),
    ...(['agentSetTeamMembers', 'agentRemoveTeamMembers', 'agentAddInboxMembers'] as const),
    ...(['agentSetInboxMembers', 'agentRemoveInboxMembers', 'agentSetInboxBot'] as const),
  ],
  'sends a file, or removes one': ['agentUpload', 'agentDeleteContactAvatar'],
  'checks the installation, by the doctor or at most every 10 seconds': [
    ...(['agentGetSystem', 'doctorEcho', 'doctorWait', 'doctorUpload'] as const),
  ],
  'answers a form or a survey, once for each message': ['updateMessage', 'updateCsatSurvey'],
};
