/** Questions about contacts: lists in every order, filters, and what belongs to one. */
import { agentApi, type FilterCondition, type FilterOperator } from '@hoory/contract';
import { cursorAt } from '../call.ts';
import { contactOf, type Question, question, type Scene } from '../question.ts';

const { agentListContacts, agentFilterContacts, agentSearchContacts } = agentApi;

const orders = ['name', '-name', 'email', 'phone_number', '-last_activity_at', 'created_at', 'company_name'];

const filter = (
  name: string,
  attribute_key: string,
  filter_operator: FilterOperator,
  values: FilterCondition['values'],
): Question =>
  question(agentFilterContacts)('read', `contacts/filter ${name}`, {
    input: () => ({ payload: [{ attribute_key, filter_operator, values }] }),
  });

const search = (name: string, q: string): Question =>
  question(agentSearchContacts)('read', `contacts/search ${name}`, { input: () => ({ q }) });

/** The cursor behind the first page. */
async function secondPage({ ask, site: { account_id }, agent }: Scene) {
  const answer = await ask(agentListContacts, { account_id }, agent.token);
  return { cursor: cursorAt(answer, 'meta', 'next_cursor') };
}

export const contactQuestions: readonly Question[] = [
  question(agentListContacts)('first page', 'contacts'),
  ...orders.map((sort) =>
    question(agentListContacts)('first page', `contacts by ${sort}`, { input: () => ({ sort }) }),
  ),
  question(agentListContacts)('first page', 'contacts of a label', {
    input: ({ site }) => ({ labels: site.labels.slice(0, 1) }),
  }),
  question(agentListContacts)('read', 'contacts, cursor of page 2', { input: secondPage }),
  question(agentListContacts)('read', 'contacts, page in the middle', {
    input: ({ site }) => ({ page: Math.ceil(site.messages / 16 / 15 / 2) }),
  }),
  question(agentApi.agentListActiveContacts)('first page', 'contacts who are online'),
  search('name', 'smith'),
  search('two letters', 'mu'),
  search('Chinese', '王'),
  search('e-mail', 'customer-123'),
  search('phone', '+4912'),
  search('nothing', 'nobodyhasthisname'),
  filter('name', 'name', 'contains', ['smith']),
  filter('e-mail', 'email', 'contains', ['customer-12']),
  filter('city', 'city', 'equal_to', ['Oslo']),
  filter('created', 'created_at', 'is_greater_than', ['2020-01-01']),
  filter('custom attribute', 'plan', 'equal_to', ['gold']),
  filter('seats', 'seats', 'is_greater_than', [48]),
  filter('label', 'labels', 'equal_to', ['label-0']),
  question(agentApi.agentGetContact)('read', 'contact', { input: contactOf }),
  question(agentApi.agentGetContact)('read', 'busy contact', {
    input: ({ site }) => ({ id: site.busy_customer.contact_id }),
  }),
  question(agentApi.agentListContactLabels)('read', 'contact labels', { input: contactOf }),
  question(agentApi.agentListContactableInboxes)('read', 'contactable inboxes', { input: contactOf }),
  question(agentApi.agentFindContactBySession)('read', 'contact of a session', {
    input: ({ site, sample }) => ({
      inbox_id: site.inboxes.find(({ identifier }) => identifier === sample.inbox_identifier)?.id ?? 0,
      source_id: sample.source_id,
    }),
  }),
  question(agentApi.agentListNotes)('read', 'notes', {
    input: ({ sample }) => ({ contact_id: sample.contact_id }),
  }),
];
