/** What can be printed from code, for docs/inventory.md: rooms and who may import whom, listeners in order, endpoints, events. */
import { createRequire } from 'node:module';
import {
  agentApi,
  clientApi,
  events,
  transientEvents,
  webhookPayloads,
} from '../packages/contract/src/index.ts';
import { listenerTable, serverListenerTable } from '../packages/server/src/listeners.ts';

const rooms = createRequire(import.meta.url)('./rooms.cjs');

/** @returns the document, as Markdown */
export function toInventory() {
  const parts = [
    '# Inventory',
    'Printed from the code by `npm run docs`; `npm run check` fails when it is out of date.',
    '## Rooms of the server',
    'Every room may import the kernel and the engines. A door is imported by other doors alone.',
    table(['Room', 'What it holds', 'May import besides'], roomRows()),
    '## Listeners of domain events',
    'They run in this order, in the transaction of the event. One that is concurrent starts with the one before it.',
    table(['Listener', 'Runs in', 'Why it stands at this place'], listenerRows()),
    '## Endpoints',
    permissions,
    '### Client API',
    endpointTable(clientApi),
    '### Agent API',
    endpointTable(agentApi),
    '## Events',
    'An audience is told over `/cable`, and later by the events endpoints, what is in the log. Other events say how things are now.',
    table(['Event', 'Contacts', 'Agents', 'In the log'], eventRows()),
    '## Events of webhooks',
    table(
      ['Event', 'Payload'],
      Object.entries(webhookPayloads).map(([name, schema]) => [code(name), schema.title]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

const permissions = `Who may call: **none**, anybody; **session**, the contact session that the path names; **user**, anybody who signed in; **agent**,
a user of the account in the path; **administrator**, such a user with that role; **bot**, an agent bot with its token as well.`;

function roomRows() {
  return [
    ...Object.entries(rooms.kernel).map(([name, what]) => [code(`${name}.ts`), what, 'types of engines']),
    ...Object.entries(rooms.engines).map(([name, what]) => [code(name), what, '']),
    ...Object.entries(rooms.nouns).map(([name, what]) => [code(name), what, 'nouns above it']),
    ...Object.entries(rooms.auth).map(([name, what]) => [
      code(name),
      what,
      rooms.importedByAuth.map(code).join(', '),
    ]),
    ...Object.entries(rooms.listeners).map(([name, what]) => [code(name), what, 'all nouns']),
    ...Object.entries(rooms.doors).map(([name, what]) => [code(name), what, 'everything']),
  ];
}

function listenerRows() {
  const rows = (entries, where) =>
    entries.map(({ name, reason, isConcurrent }) => [
      code(name),
      isConcurrent ? `${where}, concurrent` : where,
      reason,
    ]);
  return [...rows(listenerTable, 'every process'), ...rows(serverListenerTable, 'a started server')];
}

const endpointTable = (endpoints) =>
  table(
    ['Endpoint', 'Operation', 'Who may call', 'Limit beside the general ones'],
    Object.entries(endpoints).map(([name, { method, path, auth, bot, throttle }]) => [
      code(`${method} ${path}`),
      name,
      bot ? `${auth}, bot` : auth,
      throttle ? `${throttle.most} in ${throttle.seconds} s per ${throttle.per}` : '',
    ]),
  );

function eventRows() {
  const names = new Set([...Object.keys(events.agent), ...Object.keys(events.contact)]);
  return [...names].map((name) => [
    code(name),
    events.contact[name]?.title ?? '',
    events.agent[name]?.title ?? '',
    transientEvents.has(name) ? 'no' : 'yes',
  ]);
}

const code = (text) => `\`${text}\``;
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
