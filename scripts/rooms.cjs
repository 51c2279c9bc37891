/**
 * The server's rooms: what each holds, in one sentence, and the lists from which `.dependency-cruiser.cjs` says who may import
 * whom. `npm run docs` prints them to docs/inventory.md. A new room gets its line here; until then `npm run check` fails.
 */

/** In the order of their foreign keys: each may import those before it. */
const nouns = {
  accounts: 'Companies, their settings and cache keys.',
  agents: 'Users, their roles in accounts, their availability, invitations.',
  teams: 'Teams and their members.',
  labels: 'Labels of an account and their spelling.',
  'canned-responses': 'Texts for answers, which agents insert by short codes.',
  'custom-filters': 'Saved filters of users.',
  'agent-bots': 'Programs that answer conversations of inboxes.',
  inboxes: 'API channels: settings, members, working hours, webhook address.',
  'custom-attributes': 'Definitions of attributes, and the check of values against them.',
  contacts: 'People and their sessions in inboxes: create, find, merge, prove an identity.',
  notes: "Agents' notes about contacts.",
  // The rows of conversations, which messages belong to; what is done with both comes after messages.
  'conversations/record': 'The table of conversations: its rows, rules and shape on the wire.',
  messages: 'Posting, changing and reading messages with their attachments.',
  conversations:
    'Verbs of one conversation: create, status, labels, participants, mute, merge, transcript, erase.',
  'conversation-lists': 'Lists of conversations: filters, order, counts, and who may see which.',
  assignment: 'Who answers a conversation: assign by hand, by round robin and out of a queue.',
  automation:
    'What happens without a request: resolve idle conversations, end snoozes, follow renamed labels.',
  'bulk-actions': 'One change for many conversations or contacts.',
  search: 'One query over contacts, conversations and messages.',
};

/** They listen to the nouns, which do not know them. */
const listeners = {
  reports: 'Counts and times per account, inbox, agent, team and label.',
  webhooks: 'Deliveries to webhooks and bots: enqueue in the transaction, send afterwards, ledger.',
  notifications: 'Notifications of users about conversations, their settings and e-mails.',
};

/** Without domain words. */
const engines = {
  db: 'SQLite and PostgreSQL behind one interface, migrations, group commit.',
  redis: 'The connection to Redis, and whether Redis answers.',
  events: 'The event log, its streams and offsets, the bus, and the listeners of a transaction.',
  files: 'Uploads in a folder or a bucket, and how they are served.',
  http: 'Routes from endpoints of the contract: read input, run the verb, print the answer or the error.',
  cable: 'The WebSocket: Action Cable and its resuming extension, presence.',
  outgoing: 'HTTP requests to addresses that users enter, with a guard against private networks.',
  nodes: 'The processes that run on one database, and which of them does the scheduled work.',
  mail: 'E-mails, stored until the mail server has accepted them.',
};

const auth = { auth: 'From a request or a subscription to its caller and the streams it may read.' };
const importedByAuth = ['accounts', 'agents', 'agent-bots', 'inboxes', 'contacts'];

/** Files at the root of `src/` that every room may import. */
const kernel = {
  app: 'The first argument of every verb: configuration, database, bus, log.',
  caller: 'The caller of a request: a contact session, a user, a bot, or anonymous.',
  errors: 'Refusals, their codes and how they are thrown.',
  'free-form': 'Reading and writing of free-form objects within their bounds.',
  'json-text': 'Checks of JSON text from outside before it is parsed.',
  'stored-json': 'Reading of JSON columns whose shape the server chooses.',
  fold: 'The form in which texts are searched, sorted and compared.',
  secrets: 'Tokens and signatures, and their comparison in constant time.',
  config: 'The environment, read and checked.',
  'database-url': 'The servers that `DATABASE_URL` names.',
  installation: 'Keys of this installation.',
  log: 'The log, which holds no secrets.',
  'loop-delay': 'The delay of the event loop and its causes.',
  metrics: 'Counters for `/metrics`.',
  schedule: 'Repeated background jobs.',
  text: 'Normal forms of text from users.',
  time: 'Times on the wire, and clocks of time zones.',
};

/** Entry points and wiring, which no other file imports. */
const doors = {
  main: 'Opens and closes everything.',
  background: 'The scheduled jobs, and which node runs them.',
  listeners: 'The table of all listeners, in the order in which they run.',
  routes: 'The HTTP surface on one page.',
  serve: 'The command `serve`.',
  setup: 'The first account.',
  probe: '`/api` and `/health`.',
  pages: 'The pages: desk, chat, documentation, password, survey, metrics.',
  cli: 'The command line.',
  doctor: 'The command `doctor`, the endpoints that it asks, and its checks for administrators.',
  backup: 'Archives of the whole installation: `hoory backup`, `hoory restore`, and backups by schedule.',
  bench: 'Measurements.',
};

module.exports = { nouns, listeners, engines, auth, importedByAuth, kernel, doors };
