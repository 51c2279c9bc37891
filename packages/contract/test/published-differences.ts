/**
 * Where we knowingly differ from the published documents, and why. A row that no longer occurs fails the test, like a
 * difference without a row. `not sent`, `may be` tell of answers, `not read`, `refused as` of requests.
 */

interface Row {
  pattern: RegExp;
  why: string;
}

const account = '^\\w+ /api/v1/accounts/\\{\\}';
const group = (path: string) => new RegExp(`${account}/${path}(/|$)`);

/** Published operations that we do not offer. */
export const leftOut: Row[] = [
  { pattern: group('audit_logs'), why: 'no audit log' },
  { pattern: group('automation_rules'), why: 'no automation rules' },
  { pattern: group('portals'), why: 'no help center' },
  { pattern: /reporting_events$/, why: 'no reporting events' },
  { pattern: group('integrations/hooks'), why: 'no integrations' },
  { pattern: /\/api\/v2\//, why: 'of the reports only the everyday ones' },
];

/** Differences in operations that we offer. */
export const differences: Row[] = [
  // Client API (client-api.md section 10)
  {
    pattern: /public_contact_create_update_payload\.avatar: not read/,
    why: 'the server reads `avatar_url` only',
  },
  {
    pattern: /public_message_sender\.(created_at|description): not sent/,
    why: 'only an AI assistant has them, and there is none',
  },

  // The document shows another object than servers answer with (application-api.md sections 4 and 9)
  {
    pattern: /(\/conversations|\/conversations\/\{conversation_id\}) user\.\w+: not sent/,
    why: 'an assignee is an agent, not a whole user: no tokens of colleagues',
  },
  {
    pattern: /\/assignments user(\.\w+)?: (not sent|may be null)/,
    why: 'an assignment answers the agent, bot or team; null when nobody is assigned',
  },
  {
    pattern: /^GET \S+\/messages agent\.\w+: (not sent|may be null)/,
    why: 'the assignee beside a list of messages has the shape of an event',
  },
  {
    pattern: /^(GET|POST) \S+\/messages message\.\w+: not sent/,
    why: 'messages in REST are shorter than in events',
  },
  { pattern: / message\.attachment: not sent/, why: 'the key is `attachments`' },
  {
    pattern: / contact\.payload: /,
    why: 'the document means a list where one contact stands, and a wrapped one where it is flat',
  },
  { pattern: / extended_contact\.\w+: not sent/, why: 'the contact stands in `payload.contact`' },
  {
    pattern: /^PATCH \S+\/contacts\/\{id\} generic_id\.id: not sent/,
    why: 'the contact stands in `payload`',
  },
  { pattern: /\/webhooks(\/\{id\})? webhook\.\w+: not sent/, why: 'the webhook stands in `payload.webhook`' },
  { pattern: /^GET \S+\/webhooks answer: may be object/, why: 'the list stands in `payload.webhooks`' },
  {
    pattern: /\/inboxes\/\{id\}\/agent_bot (answer: status 200|agent_bot\.\w+: not sent)/,
    why: 'the bot stands in `agent_bot`; without one the answer is empty, with status 200',
  },
  { pattern: /\/set_agent_bot answer: status 200/, why: 'empty answers have status 200' },
  {
    pattern: /\/filter conversation_list\.data: not sent/,
    why: 'filtering answers without the `data` wrapper',
  },
  { pattern: /\/toggle_status answer\.meta: not sent/, why: 'servers drop the key' },
  { pattern: /^PATCH \S+\/contacts\/\{id\} answer: status 200/, why: 'updates answer 200 with the contact' },
  {
    pattern: /^DELETE \S+\/custom_attribute_definitions\/\{id\} answer: status 204/,
    why: 'servers answer 204 here',
  },

  {
    pattern: / custom_filter(_create_update_payload)?\.type: not (sent|read)/,
    why: 'the field is `filter_type`',
  },
  { pattern: /^DELETE \S+\/custom_filters\/\{id\} answer: status 204/, why: 'servers answer 204 here' },

  {
    pattern: /\/reports\/conversations answer: may be (array|object)/,
    why: 'one object for the account, a list for its agents, as `type` says',
  },

  // Null and words that the document forgets
  { pattern: /\/reports answer\[\]\.value: may be number/, why: 'numbers are numbers' },
  {
    pattern: /account_summary\.(previous\.)?avg_\w+: may be number, null/,
    why: 'numbers are numbers, and null where there is nothing to average',
  },
  { pattern: / account_detail\.(domain|support_email): may be null/, why: 'unset is null' },
  { pattern: / (agent|user)\.account_id: may be null/, why: 'null without an active account' },
  { pattern: / agent_bot\.(description|outgoing_url): may be null/, why: 'unset is null' },
  { pattern: / agent_bot\.account_id: may be null/, why: 'null for bots of the system' },
  { pattern: / user\.role: may be null/, why: 'null without an active account' },
  { pattern: / \S+meta\.hmac_verified: may be null/, why: 'null when it is not known' },
  { pattern: / message\.content: may be null/, why: 'null when there are only files' },
  {
    pattern: / custom_attribute\.(attribute_description|regex_cue|regex_pattern): may be null/,
    why: 'unset is null',
  },
  { pattern: / label\.(description|show_on_sidebar): may be null/, why: 'unset is null' },
  { pattern: / custom_attribute\.default_value: may be integer, null/, why: 'the column is a number' },
  { pattern: / custom_attribute\.attribute_values: may be array/, why: 'it is a list' },
  {
    pattern: / inbox\.(reply_time|web_widget_script|website_\w+|widget_color): may be null/,
    why: 'null for API inboxes',
  },
  { pattern: / inbox_contact\.provider: may be null/, why: 'null for API inboxes' },
  { pattern: / conversation\.last_non_activity_message: may be object/, why: 'it is a message' },
  { pattern: / conversation\.snoozed_until: may be string/, why: 'an ISO time' },
  { pattern: / conversation\.status: may be snoozed/, why: 'the fourth status' },
  { pattern: / contact_list_item\.availability_status: may be busy/, why: 'the third availability' },

  // What API inboxes or this edition do not have
  { pattern: / inbox\.medium: not sent/, why: 'only SMS inboxes have it' },
  { pattern: / inbox_(create|update)_payload\.portal_id: not read/, why: 'no help center' },
  { pattern: / conversation\.(applied_sla|sla_events): not sent/, why: 'no service levels' },
  { pattern: / body\.sla_policy_id: not read/, why: 'no service levels' },
  { pattern: /\.custom_role(_id)?: not sent/, why: 'no custom roles' },
  { pattern: / account_show_response\.subscribed_features: not sent/, why: 'no paid features' },
  {
    pattern: / integrations_app\.(allow_multiple_hooks|hook_type): not sent/,
    why: 'no integrations: the list is empty',
  },

  // Requests
  {
    pattern: /\/inbox_members body\.inbox_id: refused as string/,
    why: 'an id is a number; its digits as text are read as the number',
  },
];
