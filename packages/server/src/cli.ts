#!/usr/bin/env node
/** The `hoory` command: parses arguments and calls verbs. It may run beside a server on the same database. */
import type { IdentityPolicy } from '@hoory/contract';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Role } from './agents/rules.ts';
import { toEmail } from './agents/rules.ts';
import { findUserByEmail } from './agents/store.ts';
import type { App } from './app.ts';
import { newPassword } from './auth/password.ts';
import { resetLink } from './auth/reset.ts';
import { addBackups } from './backup/commands.ts';
import { addMeasurements } from './bench/commands.ts';
import { environment, readConfig } from './config.ts';
import { lockData } from './db/data-lock.ts';
import { duringStart, sqlitePath } from './db/open.ts';
import type { InboxRow } from './db/tables.ts';
import { addDoctor } from './doctor/commands.ts';
import { invalid, Refusal } from './errors.ts';
import { addInbox } from './inboxes/inboxes.ts';
import { openApp } from './main.ts';
import { hmacHex } from './secrets.ts';
import { serve } from './serve.ts';
import { setUp, setUpAgent } from './setup.ts';

type Answer = Record<string, unknown>;

/** Prints the answer to stdout: one JSON object with `json`, else the text `bare`, else a line for each field. */
function print(answer: Answer, { json, bare }: { json?: boolean; bare?: string }): void {
  const text = Object.entries(answer)
    .map(([name, value]) => `${name}: ${value ?? ''}`)
    .join('\n');
  process.stdout.write(`${json ? JSON.stringify(answer) : (bare ?? text)}\n`);
}

/** Opens the app for one call of `run`, and closes it after that. */
async function withApp<Out>(run: (app: App) => Promise<Out>): Promise<Out> {
  const config = readConfig(environment());
  const app = await duringStart(config, () => openApp(config));
  try {
    return await run(app);
  } finally {
    await app.close();
  }
}

function toId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a number.');
  return Number(text);
}

const json = () => new Option('--json', 'print one JSON object and nothing else');

const program = new Command('hoory').description('Conversations between a company and its customers.');

program
  .command('serve')
  .description('run the server; the first start creates an account and prints how to sign in')
  .addHelpText('after', '\nExample:\n  $ PORT=8080 HOORY_DATA=/var/lib/hoory hoory serve')
  .action(async () => {
    // Keep serving when stdout is closed or its disk is full.
    process.stdout.on('error', () => {});
    await serve(readConfig(environment()), (text) => void process.stdout.write(`${text}\n`));
    process.exit();
  });

program
  .command('setup')
  .description('create an account with an administrator and an API inbox')
  .requiredOption('--account <name>', 'name of the account')
  .requiredOption('--email <email>', 'e-mail of the administrator')
  .option('--password <password>', 'password of the administrator (default: a random one)')
  .requiredOption('--inbox <name>', 'name of the inbox')
  .addOption(json())
  .addHelpText(
    'after',
    "\nExample:\n  $ hoory setup --account Shop --email ana@shop.test --password 'Secret-123' --inbox App --json",
  )
  .action(
    async (options: { account: string; email: string; password?: string; inbox: string; json?: boolean }) => {
      const password = options.password ?? newPassword();
      const { account_id, user, inbox } = await withApp((app) => setUp(app, { ...options, password }));
      const answer = {
        account_id,
        user_id: user.id,
        email: user.email,
        password,
        api_access_token: user.access_token,
        pubsub_token: user.pubsub_token,
        inbox_id: inbox.id,
        inbox_identifier: inbox.identifier,
        hmac_token: inbox.hmac_token,
        inbox_secret: inbox.secret,
      };
      print(answer, options);
    },
  );

program
  .command('password-reset')
  .description('print a link with which a user sets a new password; it is valid for six hours')
  .requiredOption('--email <email>', 'e-mail of the user')
  .addOption(json())
  .addHelpText('after', '\nExample:\n  $ hoory password-reset --email bo@shop.test')
  .action(async (options: { email: string; json?: boolean }) => {
    const link = await withApp(async (app) => {
      const user = await findUserByEmail(app.db, toEmail(options.email));
      if (!user) throw invalid('email', `There is no user with the e-mail ${options.email}`);
      return resetLink(app, user);
    });
    print({ link }, { ...options, bare: link });
  });

const inboxes = program
  .command('inbox')
  .description('list, show and create API inboxes')
  .addHelpText('after', '\nExamples:\n  $ hoory inbox list\n  $ hoory inbox show 1 --json');

inboxes
  .command('list')
  .description('list the inboxes of all accounts')
  .option('--account <id>', 'only of this account', toId)
  .addOption(json())
  .addHelpText('after', '\nExample:\n  $ hoory inbox list --account 1')
  .action(async (options: { account?: number; json?: boolean }) => {
    const rows = await withApp((app) => {
      const all = app.db.q.selectFrom('inboxes').selectAll().orderBy('id');
      return app.db.all(options.account ? all.where('account_id', '=', options.account) : all);
    });
    const bare = rows.map((row) => `${row.id}\t${row.identifier}\t${row.name}`).join('\n');
    print({ inboxes: rows.map(describeInbox) }, { ...options, bare });
  });

inboxes
  .command('show')
  .description('show an inbox with its secrets')
  .argument('<id>', 'number of the inbox', toId)
  .addOption(json())
  .addHelpText('after', '\nExample:\n  $ hoory inbox show 1 --json')
  .action(async (id: number, options: { json?: boolean }) => {
    print(withSecrets(await withApp((app) => findInbox(app, id))), options);
  });

inboxes
  .command('create')
  .description('create an API inbox')
  .requiredOption('--name <name>', 'name of the inbox')
  .option('--account <id>', 'account (default: the only one)', toId)
  .option('--webhook-url <url>', 'address that receives every event of the inbox')
  .addOption(
    new Option('--identity-policy <policy>', 'which proof of identity sessions need').choices([
      'legacy',
      'safe',
      'enforce',
    ]),
  )
  .addOption(json())
  .addHelpText(
    'after',
    '\nExample:\n  $ hoory inbox create --name App --webhook-url https://hooks.shop.test/in',
  )
  .action(
    async (options: {
      name: string;
      account?: number;
      webhookUrl?: string;
      identityPolicy?: IdentityPolicy;
      json?: boolean;
    }) => {
      const inbox = await withApp(async (app) => {
        const account_id = await findAccountId(app, options.account);
        const channel = { webhook_url: options.webhookUrl, identity_policy: options.identityPolicy };
        return app.db.write((tx) => addInbox(app, tx, account_id, { name: options.name, channel }));
      });
      print(withSecrets(inbox), options);
    },
  );

program
  .command('hmac')
  .description("print an inbox's HMAC token, or the identifier_hash of an identifier")
  .argument('<inbox_id>', 'number of the inbox', toId)
  .argument('[identifier]', 'id of a person in your own system')
  .addOption(json())
  .addHelpText('after', '\nExamples:\n  $ hoory hmac 1\n  $ hoory hmac 1 customer-42')
  .action(async (inbox_id: number, identifier: string | undefined, options: { json?: boolean }) => {
    const { hmac_token } = await withApp((app) => findInbox(app, inbox_id));
    if (identifier === undefined) return print({ inbox_id, hmac_token }, { ...options, bare: hmac_token });
    const identifier_hash = hmacHex(hmac_token, identifier);
    print({ inbox_id, identifier, identifier_hash }, { ...options, bare: identifier_hash });
  });

program
  .command('agent')
  .description('add agents')
  .addHelpText(
    'after',
    "\nExample:\n  $ hoory agent add --account 1 --email bo@shop.test --name Bo --password 'Secret-123' --inbox 1",
  )
  .command('add')
  .description('add an agent with a password to an account')
  .requiredOption('--account <id>', 'account', toId)
  .requiredOption('--email <email>', 'e-mail of the agent')
  .requiredOption('--name <name>', 'name of the agent')
  .requiredOption('--password <password>', 'password of the agent')
  .addOption(
    new Option('--role <role>', 'what the agent may do').choices(['agent', 'administrator']).default('agent'),
  )
  .option('--inbox <id>', 'inbox to be a member of; may be given several times', collectIds, [])
  .addOption(json())
  .addHelpText(
    'after',
    "\nExample:\n  $ hoory agent add --account 1 --email bo@shop.test --name Bo --password 'Secret-123' --inbox 1 --inbox 2",
  )
  .action(
    async (options: {
      account: number;
      email: string;
      name: string;
      password: string;
      role: Role;
      inbox: number[];
      json?: boolean;
    }) => {
      const user = await withApp((app) => setUpAgent(app, { ...options, inboxes: options.inbox }));
      const { id: user_id, access_token: api_access_token, pubsub_token } = user;
      print({ user_id, api_access_token, pubsub_token }, options);
    },
  );

program
  .command('token')
  .description("print a user's API access token")
  .requiredOption('--email <email>', 'e-mail of the user')
  .addOption(json())
  .addHelpText('after', '\nExample:\n  $ hoory token --email ana@shop.test')
  .action(async (options: { email: string; json?: boolean }) => {
    const user = await withApp((app) => findUserByEmail(app.db, toEmail(options.email)));
    if (!user) throw invalid('email', `There is no user with the e-mail ${options.email}`);
    const { id: user_id, email, access_token: api_access_token, pubsub_token } = user;
    print({ user_id, email, api_access_token, pubsub_token }, { ...options, bare: api_access_token });
  });

program
  .command('vacuum')
  .description('rewrite the SQLite file without its free space; stop the server first')
  .addOption(json())
  .addHelpText('after', '\nExample:\n  $ hoory vacuum')
  .action(async (options: { json?: boolean }) => {
    const { data, databaseUrl } = readConfig(environment());
    if (databaseUrl) throw invalid('database', 'PostgreSQL reuses its free space by itself');
    const unlock = lockData(data);
    try {
      const { vacuumSqlite } = await import('./db/sqlite/vacuum.ts');
      const { before, after } = vacuumSqlite(sqlitePath(data));
      print({ bytes_before: before, bytes_after: after }, options);
    } finally {
      unlock();
    }
  });

addDoctor(program);
addBackups(program, { print, json, toId });
addMeasurements(program, { print, json, toId });

function collectIds(text: string, before: number[]): number[] {
  return [...before, toId(text)];
}

async function findInbox(app: App, id: number): Promise<InboxRow> {
  const inbox = await app.db.get(app.db.q.selectFrom('inboxes').selectAll().where('id', '=', id));
  if (!inbox) throw invalid('inbox', `There is no inbox ${id}`);
  return inbox;
}

/**
 * The account of `--account`, or the only one.
 * @throws invalid for an unknown account, and without it unless there is exactly one
 */
async function findAccountId(app: App, option: number | undefined): Promise<number> {
  const [first, second] = await app.db.all(
    app.db.q.selectFrom('accounts').select('id').orderBy('id').limit(2),
  );
  const id = option ?? (second ? undefined : first?.id);
  if (id === undefined)
    throw invalid('account', 'There are several accounts or none: choose one with --account <id>');
  if (!(await app.db.get(app.db.q.selectFrom('accounts').select('id').where('id', '=', id))))
    throw invalid('account', `There is no account ${id}`);
  return id;
}

const describeInbox = ({ id, account_id, name, identifier, identity_policy, webhook_url }: InboxRow) => ({
  inbox_id: id,
  account_id,
  name,
  inbox_identifier: identifier,
  identity_policy,
  webhook_url,
});

const withSecrets = (inbox: InboxRow) => ({
  ...describeInbox(inbox),
  hmac_token: inbox.hmac_token,
  inbox_secret: inbox.secret,
});

/** Names of errors whose message says what to do; they are printed without a stack. */
const selfExplaining = new Set([
  'RedisUnusable',
  'BackupFailed',
  'BadSettings',
  'CannotCopy',
  'DataInUse',
  'NewerDatabase',
  'OlderDatabase',
  'DatabaseUnresponsive',
  'DatabaseUnusable',
  'SettingsDiffer',
]);

/** The message for stderr; it has a stack for bugs only. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, code, port, address }: SystemError = error;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${address} is in use. Stop what uses it, or set PORT to a free one.`;
  if (error instanceof Refusal || selfExplaining.has(name)) return message;
  if (code) return `Hoory cannot go on: ${message || code}`;
  return stack ?? message;
}

/** An error of the operating system, with the address that could not be opened. */
interface SystemError extends NodeJS.ErrnoException {
  port?: number;
  address?: string;
}

try {
  await program.parseAsync();
} catch (error) {
  // Exit, because open connections to a database that does not answer would keep the process alive.
  process.stderr.write(`${messageOf(error)}\n`, () => process.exit(1));
}
