import { createServer } from 'node:net';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, type Running, run } from '../test/command-line.ts';
import { freePort } from '../test/process.ts';
import { emptyConfig, type Fresh } from '../test/server.ts';
import { sqlitePath } from './db/open.ts';
import { hmacHex } from './secrets.ts';

const password = 'Secret-123';
const setup = [
  'setup',
  '--account',
  'Shop',
  '--email',
  'ana@shop.test',
  '--password',
  password,
  '--inbox',
  'App',
];

type Json = Record<string, unknown>;

describe('the command line', { timeout: 60_000 }, () => {
  let fresh: Fresh;
  let made: Json;

  const json = async (...args: string[]): Promise<Json> => {
    const { code, stdout, stderr } = await run([...args, '--json'], fresh.env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Json;
  };
  const failure = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args, fresh.env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };

  beforeAll(async () => {
    fresh = await emptyConfig('sqlite');
    made = await json(...setup);
  });
  afterAll(() => fresh.release());

  it('sets up an account and prints one JSON object with every key', () => {
    expect(Object.keys(made)).toEqual([
      'account_id',
      'user_id',
      'email',
      'password',
      'api_access_token',
      'pubsub_token',
      'inbox_id',
      'inbox_identifier',
      'hmac_token',
      'inbox_secret',
    ]);
    expect(made).toMatchObject({ account_id: 1, email: 'ana@shop.test', password });
  });

  it('adds agents, creates and shows inboxes, prints hashes and tokens', async () => {
    const inbox = await json('inbox', 'create', '--name', 'Second', '--identity-policy', 'enforce');
    expect(inbox).toMatchObject({ inbox_id: 2, account_id: 1, identity_policy: 'enforce' });
    expect(await json('inbox', 'show', '2')).toEqual(inbox);
    expect((await json('inbox', 'list')).inboxes).toHaveLength(2);
    const who = ['--account', '1', '--email', 'bo@shop.test', '--name', 'Bo', '--password', password];
    const agent = await json('agent', 'add', ...who, '--inbox', '1', '--inbox', '2');
    expect(Object.keys(agent)).toEqual(['user_id', 'api_access_token', 'pubsub_token']);
    expect(await json('token', '--email', 'bo@shop.test')).toMatchObject(agent);
    const hash = await run(['hmac', '1', 'customer-42'], fresh.env);
    expect(hash.stdout).toBe(`${hmacHex(made.hmac_token as string, 'customer-42')}\n`);
    expect((await run(['hmac', '1'], fresh.env)).stdout).toBe(`${made.hmac_token}\n`);
  });

  it('prints one sentence about a mistake and changes nothing', async () => {
    expect(await failure('setup', '--account', 'X')).toMatch(/--email/);
    const again = setup.with(6, 'Other-Secret-1');
    expect(await failure(...again)).toBe('ana@shop.test has a user already, with another password\n');
    expect(await failure('hmac', '99')).toBe('There is no inbox 99\n');
    expect(await failure('hmac', 'one')).toMatch(/must be a number/);
    const weak = ['--account', '1', '--email', 'w@shop.test', '--name', 'W', '--password', 'weak'];
    expect(await failure('agent', 'add', ...weak)).toMatch(/6 to 128 characters/);
    expect(await failure('token', '--email', 'w@shop.test')).toMatch(/no user/);
    expect(await failure('bench', '--only', 'post', '--report', 'report.txt')).toMatch(
      /^--report is for all/,
    );
    expect(await failure('password-reset', '--email', 'w@shop.test')).toMatch(/no user/);
    expect(await json('password-reset', '--email', 'bo@shop.test')).toEqual({
      link: expect.stringMatching(/^http:\/\/\S+\/password\?reset_password_token=\w{24}$/),
    });
  });
});

describe('serving', { timeout: 60_000 }, () => {
  let fresh: Fresh;
  beforeAll(async () => {
    fresh = await emptyConfig('sqlite', { PORT: String(await freePort()) });
  });
  afterAll(() => fresh.release());

  const answers = () =>
    fetch(`http://127.0.0.1:${fresh.config.port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  function countAccounts(): unknown {
    const db = new Database(sqlitePath(fresh.config.data), { readonly: true });
    const count = db.prepare('select count(*) from accounts').pluck().get();
    db.close();
    return count;
  }

  async function serve(): Promise<Running> {
    const running = launch(['serve'], fresh.env);
    const isReady = () => /API documentation/.test(running.stdout());
    await expect.poll(isReady, { timeout: 30_000, interval: 50 }).toBe(true);
    return running;
  }

  it('prints how to sign in at the first start only, locks its data, and stops at a signal', async () => {
    const starting = serve();
    // A server that answers has started: nothing is left that could fail and end it.
    await expect.poll(answers, { timeout: 30_000, interval: 5 }).toBe(true);
    expect(countAccounts()).toBe(1);
    const first = await starting;
    const told = first.stdout();
    const url = /ready at (\S+)/.exec(told)?.[1] as string;
    const secret = /password +(\S+)/.exec(told)?.[1] as string;
    const email = /e-mail +(\S+)/.exec(told)?.[1] as string;
    const identifier = /Inbox identifier +(\S+)/.exec(told)?.[1] as string;
    expect(told).toContain(`${url}/app`);
    expect(told).toContain(`${url}/chat/${identifier}`);
    expect(told).toMatch(/HMAC token +\w{24}/);
    const signedIn = await fetch(`${url}/auth/sign_in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: secret }),
    });
    expect(signedIn.status).toBe(200);

    const second = await run(['serve'], fresh.env);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^Another Hoory server is running on .*\n$/);
    const beside = await run(['token', '--email', email], fresh.env);
    expect(beside.stdout).toMatch(/^\w{24}\n$/);

    // Killed without a chance to clean up, it leaves nothing that keeps the next one out.
    first.process.kill('SIGKILL');
    await first.ended;
    const third = await serve();
    expect(third.stdout()).toContain(`/chat/${identifier}`);
    expect(third.stdout()).not.toMatch(/password|HMAC/);
    third.process.kill('SIGTERM');
    expect(await third.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('exits when the database accepts connections and does not answer', async () => {
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const env = { ...fresh.env, DATABASE_URL: `postgres://hoory:s3cret@127.0.0.1:${port}/hoory` };
    const [served, listed] = await Promise.all([run(['serve'], env), run(['inbox', 'list'], env)]);
    for (const ended of [served, listed]) {
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(
        new RegExp(`^The database at 127.0.0.1:${port} has not answered within 8 seconds\\. .*\\n$`),
      );
      expect(ended.stderr).not.toContain('s3cret');
    }
    silent.close();
  });

  it('names a bad setting and a port in use', async () => {
    const bad = await run(['serve'], { ...fresh.env, PORT: 'x', HOORY_URL: 'y' });
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/settings are wrong:\n {2}PORT: .*\n {2}HOORY_URL: /);
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const taken = await run(['serve'], { ...fresh.env, PORT: String(port) });
    other.close();
    expect(taken).toMatchObject({ code: 1, stdout: '' });
    expect(taken.stderr).toMatch(new RegExp(`^Port ${port} of 127.0.0.1 is in use.*\\n$`));
  });
});
