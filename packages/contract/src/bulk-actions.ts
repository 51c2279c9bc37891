/**
 * One change of many conversations or contacts (application-api.md section 6.15). It is done when it is answered, and a header
 * counts what was left out; upstream does it in the background and tells no result (section 10).
 */
import Type from 'typebox';
import { ConversationStatus } from './conversations.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { fields, Ids, idOf, LabelTitles, nullable, UnixSeconds, words } from './schema.ts';

const labels = Type.Optional(LabelTitles);

export const agentBulkActions = endpoints({
  agentBulkAction: {
    method: 'POST',
    path: `${accountPath}/bulk_actions`,
    inPieces: true,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Change up to 1000 conversations or contacts at once',
    description:
      '`type` is `Conversation`, with display ids, `fields`, `labels` and `snoozed_until`; or `Contact`, with labels to add, ' +
      'or `action_name` `delete` for administrators. What the caller does not see, and contacts to delete that are online, ' +
      'are passed over; the header `X-Hoory-Passed-Over` then names their ids, separated by commas, after 100 only how many more: `+42`.',
    params: accountParams,
    body: fields({
      type: words('Conversation', 'Contact'),
      ids: Type.Optional(Ids),
      fields: Type.Optional(
        fields({
          status: Type.Optional(nullable(ConversationStatus)),
          assignee_id: Type.Optional(nullable(idOf('null or 0: nobody'))),
          team_id: Type.Optional(nullable(idOf('null or 0: no team'))),
        }),
      ),
      labels: Type.Optional(fields({ add: labels, remove: labels })),
      snoozed_until: Type.Optional(nullable(UnixSeconds)),
      action_name: Type.Optional(nullable(words('delete'))),
    }),
    returns: null,
  },
});
