/** The endpoint tables of both APIs, put together from the nouns. Their types are spelled so that declarations stay short. */
import { agentAccounts } from './accounts.ts';
import { agentBots } from './agent-bots.ts';
import { agentContactErasure, agentContacts } from './agent-contacts.ts';
import { agentConversations } from './agent-conversations.ts';
import { agentCsat } from './agent-csat.ts';
import { agentInboxes } from './agent-inboxes.ts';
import { agentMessages } from './agent-messages.ts';
import { agentAgents } from './agents.ts';
import { auth } from './auth.ts';
import { agentBulkActions } from './bulk-actions.ts';
import { agentCannedResponses } from './canned-responses.ts';
import { clientContacts } from './contacts.ts';
import { agentConversationUpkeep } from './conversation-upkeep.ts';
import { clientConversations } from './conversations.ts';
import { clientCsat } from './csat.ts';
import { agentCustomAttributes } from './custom-attributes.ts';
import { agentCustomFilters } from './custom-filters.ts';
import { agentFeed, clientFeed } from './feed.ts';
import { clientInboxes } from './inboxes.ts';
import { agentIntegrations } from './integrations.ts';
import { agentLabels } from './labels.ts';
import { clientMessages } from './messages.ts';
import { agentNotes } from './notes.ts';
import { agentNotifications } from './notifications.ts';
import { agentParticipants } from './participants.ts';
import { probe } from './probe.ts';
import { profile, profilePassword } from './profile.ts';
import { agentReports } from './reports.ts';
import { agentSearch } from './search.ts';
import { agentSystem, doctor, doctorUpload } from './system.ts';
import { agentTeams } from './teams.ts';
import { agentUploads } from './uploads.ts';
import { agentWebhookDeliveries } from './webhook-deliveries.ts';
import { agentWebhooks } from './webhooks.ts';

/** The endpoints for customers' clients (client-api.md). */
export const clientApi: typeof clientInboxes &
  typeof clientContacts &
  typeof clientConversations &
  typeof clientMessages &
  typeof clientCsat &
  typeof clientFeed = {
  ...clientInboxes,
  ...clientContacts,
  ...clientConversations,
  ...clientMessages,
  ...clientCsat,
  ...clientFeed,
};

/** The endpoints for agents' tools, bots and bridges (application-api.md). */
export const agentApi: typeof probe &
  typeof auth &
  typeof profile &
  typeof profilePassword &
  typeof agentAccounts &
  typeof agentAgents &
  typeof agentTeams &
  typeof agentLabels &
  typeof agentCannedResponses &
  typeof agentCustomFilters &
  typeof agentBots &
  typeof agentInboxes &
  typeof agentContacts &
  typeof agentContactErasure &
  typeof agentNotes &
  typeof agentConversations &
  typeof agentConversationUpkeep &
  typeof agentParticipants &
  typeof agentBulkActions &
  typeof agentNotifications &
  typeof agentSearch &
  typeof agentMessages &
  typeof agentUploads &
  typeof agentWebhooks &
  typeof agentWebhookDeliveries &
  typeof agentCustomAttributes &
  typeof agentReports &
  typeof agentCsat &
  typeof agentIntegrations &
  typeof agentFeed &
  typeof agentSystem &
  typeof doctor &
  typeof doctorUpload = {
  ...probe,
  ...auth,
  ...profile,
  ...profilePassword,
  ...agentAccounts,
  ...agentAgents,
  ...agentTeams,
  ...agentLabels,
  ...agentCannedResponses,
  ...agentCustomFilters,
  ...agentBots,
  ...agentInboxes,
  ...agentContacts,
  ...agentContactErasure,
  ...agentNotes,
  ...agentConversations,
  ...agentConversationUpkeep,
  ...agentParticipants,
  ...agentBulkActions,
  ...agentNotifications,
  ...agentSearch,
  ...agentMessages,
  ...agentUploads,
  ...agentWebhooks,
  ...agentWebhookDeliveries,
  ...agentCustomAttributes,
  ...agentReports,
  ...agentCsat,
  ...agentIntegrations,
  ...agentFeed,
  ...agentSystem,
  ...doctor,
  ...doctorUpload,
};
