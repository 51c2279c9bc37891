/** The command `serve`: runs a server on one data folder until a signal stops it. The first start creates an account. */
import type { App } from './app.ts';
import { newPassword } from './auth/password.ts';
import { openScheduledBackups } from './backup/scheduled.ts';
import type { Config } from './config.ts';
import { lockData } from './db/data-lock.ts';
import { duringStart } from './db/open.ts';
import { withTimeout } from './db/timeout.ts';
import { type Server, startServer } from './main.ts';
import type { Schedule } from './schedule.ts';
import { type SetUp, setUpOnce } from './setup.ts';

const firstAccount = { account: 'My company', email: 'admin@hoory.local', inbox: 'Website' };

/** The process exits after this time although something still runs: Docker kills it after 10 s. */
const closeTimeoutMs = 9000;

/** Serves until SIGTERM or SIGINT. @throws DataInUse, DatabaseUnusable, DatabaseUnresponsive, RedisUnusable, and errors of listening and of the first setup */
export async function serve(config: Readonly<Config>, print: (text: string) => void): Promise<void> {
  // No lock on PostgreSQL, where several nodes may share a folder of uploads.
  const unlock = config.databaseUrl ? () => {} : lockData(config.data);
  const { server, message } = await duringStart(config, () => start(config)).catch((error) => {
    unlock();
    throw error;
  });
  const stopped = stopSignal();
  const backups = config.backup && openScheduledBackups(server.app, config.backup);
  try {
    print(message);
    await stopped;
  } finally {
    await closeInTime(server, backups);
    unlock();
  }
}

/** Drains and closes, for at most `closeTimeoutMs`. Unfinished work is as safe as after a crash, and continues at the next start. */
async function closeInTime(server: Server, backups: Schedule | undefined): Promise<void> {
  const closed = Promise.all([server.drain(), backups?.close()])
    .then(() => server.close())
    .then(() => true);
  if (!(await withTimeout(closed, closeTimeoutMs)))
    server.app.log.warn('the server exits before all of its work is done');
}

/** Resolves at the first signal; a second one ends the process at once. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });

/** Reads and writes everything before the server listens: what fails after that ends a server that clients already use. */
async function start(config: Readonly<Config>): Promise<{ server: Server; message: string }> {
  let messageAt: StartMessage = readyLine;
  const beforeListening = async (app: App) => {
    messageAt = await prepareMessage(app);
  };
  const server = await startServer(config, undefined, { beforeListening });
  return { server, message: messageAt(server.app.url()) };
}

/** The text to print, at the address that is known when the server listens. */
type StartMessage = (url: string) => string;

/** Creates the first account if there is none. The text has secrets on that first start only. */
async function prepareMessage(app: App): Promise<StartMessage> {
  const password = newPassword();
  const made = await setUpOnce(app, { ...firstAccount, password });
  if (made) return (url) => welcomeMessage(url, made, password);
  const inbox = await app.db.get(app.db.q.selectFrom('inboxes').select('identifier').orderBy('id').limit(1));
  return (url) => addressesMessage(url, inbox?.identifier);
}

function welcomeMessage(url: string, { user, inbox }: SetUp, password: string): string {
  return lines([
    readyLine(url),
    '',
    ['Dashboard', `${url}/app`],
    ['  e-mail', user.email],
    ['  password', password],
    chatPage(url, inbox.identifier),
    ['API documentation', `${url}/docs`],
    ['Inbox identifier', inbox.identifier],
    ['HMAC token', inbox.hmac_token],
    '',
    'The password and the HMAC token are shown this once. Keep them.',
  ]);
}

/** The text of later starts, without secrets. */
function addressesMessage(url: string, inbox: string | undefined): string {
  return lines([
    readyLine(url),
    '',
    ['Dashboard', `${url}/app`],
    ...(inbox === undefined ? [] : [chatPage(url, inbox)]),
    ['API documentation', `${url}/docs`],
  ]);
}

const readyLine = (url: string): string => `Hoory is ready at ${url}`;

const chatPage = (url: string, identifier: string): [string, string] => [
  'Chat page',
  `${url}/chat/${identifier}`,
];

const lines = (all: (string | [string, string])[]): string =>
  all.map((line) => (typeof line === 'string' ? line : `${line[0].padEnd(18)} ${line[1]}`)).join('\n');
