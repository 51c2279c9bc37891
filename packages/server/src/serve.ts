/** The verb `serve`: a server for one data folder, set up on its first start, until it is told to stop. */
import { newPassword } from './auth/password.ts';
import type { Config } from './config.ts';
import { lockData } from './db/data-lock.ts';
import { duringStart } from './db/open.ts';
import { withTimeout } from './db/timeout.ts';
import { type Server, startServer } from './main.ts';
import { type SetUp, setUpOnce } from './setup.ts';

const firstAccount = { account: 'My company', email: 'admin@hoory.local', inbox: 'Website' };

/** Milliseconds until the process ends although something still runs; Docker kills after 10 s. */
const closeTimeoutMs = 8000;

/** Serves until SIGTERM or SIGINT. @throws DataInUse, DatabaseUnresponsive, and what listening and the first setup throw */
export async function serve(config: Readonly<Config>, print: (text: string) => void): Promise<void> {
  // On PostgreSQL several nodes may share a folder of uploads.
  const unlock = config.databaseUrl ? () => {} : lockData(config.data);
  const server = await duringStart(config, () => startServer(config)).catch((error) => {
    unlock();
    throw error;
  });
  const told = stopSignal();
  try {
    print(await duringStart(config, () => firstWords(server)));
    for (const note of withoutEffect(config)) print(note);
    await told;
  } finally {
    await closeInTime(server);
    unlock();
  }
}

/** The caller ends the process: what is cut short is as safe as in a crash, and goes on at the next start. */
async function closeInTime(server: Server): Promise<void> {
  const closed = server.close().then(() => true);
  if (!(await withTimeout(closed, closeTimeoutMs)))
    server.app.log.warn('the server ends before all that it began');
}

/** Resolves at the first signal; a second one ends the process at once. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });

/** Makes the first account where there is none. @returns what to print: secrets on that first start only */
async function firstWords(server: Server): Promise<string> {
  const password = newPassword();
  const made = await setUpOnce(server.app, { ...firstAccount, password });
  return made ? welcome(server, made, password) : addresses(server);
}

function welcome({ app }: Server, { user, inbox }: SetUp, password: string): string {
  const url = app.url();
  return lines([
    `Hoory is ready at ${url}`,
    '',
    ['Dashboard', `${url}/app`],
    ['  e-mail', user.email],
    ['  password', password],
    ['Chat page', `${url}/chat/${inbox.identifier}`],
    ['API documentation', `${url}/docs`],
    ['Inbox identifier', inbox.identifier],
    ['HMAC token', inbox.hmac_token],
    '',
    'The password and the HMAC token are shown this once. Keep them.',
  ]);
}

/** Later starts show no secret. */
async function addresses({ app }: Server): Promise<string> {
  const url = app.url();
  const inbox = await app.db.get(app.db.q.selectFrom('inboxes').select('identifier').orderBy('id').limit(1));
  return lines([
    `Hoory is ready at ${url}`,
    '',
    ['Dashboard', `${url}/app`],
    ...(inbox ? ([['Chat page', `${url}/chat/${inbox.identifier}`]] as [string, string][]) : []),
    ['API documentation', `${url}/docs`],
  ]);
}

/** Settings that are checked but have no effect in this version; nobody should believe that they do. */
function withoutEffect({ redisUrl }: Config): string[] {
  return redisUrl === undefined ? [] : ['REDIS_URL has no effect in this version: run one node only.'];
}

const lines = (all: (string | [string, string])[]): string =>
  all.map((line) => (typeof line === 'string' ? line : `${line[0].padEnd(18)} ${line[1]}`)).join('\n');
