/** Wire shapes of search results (application-api.md section 6.15). */
import {
  type AgentMessage,
  type FoundContact,
  type FoundConversation,
  MAX_NESTED_ATTRIBUTES,
} from '@hoory/contract';
import type { MemberRow } from '../agents/store.ts';
import { availableName } from '../agents/wire.ts';
import type { RelatedRows } from '../conversations/record/related-rows.ts';
import type { ContactRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { toUnix } from '../time.ts';

export const toFoundContact = (row: ContactRow): FoundContact => ({
  id: row.id,
  name: row.name,
  email: row.email,
  phone_number: row.phone_number,
  identifier: row.identifier,
  additional_attributes: readFreeForm(row.additional_attributes, MAX_NESTED_ATTRIBUTES),
  last_activity_at: row.last_activity_at === null ? null : toUnix(row.last_activity_at),
});

/** A conversation as search result. @param match `message` is the newest that is not an activity; `agent` is the assignee */
export function toFoundConversation(
  { conversation, contact, inbox }: RelatedRows,
  { message, agent }: { message: AgentMessage | undefined; agent: MemberRow | undefined },
): FoundConversation {
  return {
    id: conversation.display_id,
    account_id: conversation.account_id,
    created_at: toUnix(conversation.created_at),
    ...(message && { message }),
    contact: toFoundContact(contact),
    inbox: { id: inbox.id, channel_id: inbox.id, name: inbox.name, channel_type: 'Channel::Api' },
    ...(agent && {
      agent: {
        id: agent.id,
        available_name: availableName(agent),
        email: agent.email,
        name: agent.name,
        role: agent.role,
      },
    }),
    additional_attributes: readFreeForm(conversation.additional_attributes),
  };
}
