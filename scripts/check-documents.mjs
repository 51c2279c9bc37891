/**
 * `npm run check:documents`: Schemathesis makes requests from `docs/openapi.json` alone, valid and not, and checks that a fresh
 * server takes and answers what the document says. Needs python3 with venv and pip, and the registry of Python packages at the
 * first run. Arguments go to Schemathesis: `npm run check:documents -- --phases coverage`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, partsOfServer } from './build.mjs';

const version = '4.32.5';
const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages/server/dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'hoory-documents-'));
let server;

process.exitCode = 1;
try {
  const schemathesis = install();
  await build(partsOfServer);
  const port = await freePort();
  const env = {
    ...process.env,
    HOORY_DATA: join(folder, 'data'),
    PORT: `${port}`,
    HOORY_LOG_LEVEL: 'warn',
    HOORY_RATE_LIMITS: 'off',
  };
  const shop = setUp(env);
  server = spawn(process.execPath, [cli, 'serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/health`);
  const { known, configuration } = await fill(url, shop);
  writeFileSync(join(folder, 'schemathesis.toml'), configuration);
  process.exitCode = await run(schemathesis, known, ['--url', url, ...process.argv.slice(2)]);
} catch (error) {
  console.error(error.message ?? error);
} finally {
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** The program in a virtual environment of its own, which is made once. */
function install() {
  const home = join(root, 'node_modules/.cache/schemathesis', version);
  const program = join(home, 'bin/schemathesis');
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  try {
    execFileSync('python3', ['-m', 'venv', home], { stdio: 'inherit' });
    execFileSync(join(home, 'bin/pip'), ['install', '--quiet', `schemathesis==${version}`], {
      stdio: 'inherit',
    });
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(
      `check:documents needs python3 with venv, pip and its registry of packages: ${error.message}`,
    );
  }
  return program;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** An account with two inboxes, and three administrators and an agent of whom the requests are made. */
function setUp(env) {
  const hoory = (...words) =>
    JSON.parse(execFileSync(process.execPath, [cli, ...words, '--json'], { env, encoding: 'utf8' }));
  const shop = hoory('setup', '--account', 'Shop', '--email', 'ana@shop.test', '--inbox', 'App');
  const add = (name, role) =>
    hoory(
      'agent',
      'add',
      '--account',
      '1',
      '--email',
      `${name}@shop.test`,
      '--name',
      name,
      '--role',
      role,
      '--password',
      'Secret-123',
    );
  return {
    inbox_identifier: shop.inbox_identifier,
    administrator: shop.api_access_token,
    renewed: add('renewed', 'administrator').api_access_token,
    agent: add('agent', 'agent').user_id,
    kept: hoory('inbox', 'create', '--account', '1', '--name', 'Kept').inbox_identifier,
  };
}

async function answers(url) {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The server did not start');
}

/** Makes a conversation. @returns the names of what there is, and a configuration by which callers do not end their own way in */
async function fill(url, shop) {
  const post = async (path, body) => {
    const answer = await fetch(`${url}/public/api/v1/inboxes/${shop.kept}/contacts${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const { source_id } = await post('', { name: 'Ann', email: 'ann@mail.test' });
  const { uuid } = await post(`/${source_id}/conversations`, {});
  await post(`/${source_id}/conversations/1/messages`, { content: 'Hello' });
  const known = {
    account_id: 1,
    inbox_identifier: shop.kept,
    contact_identifier: source_id,
    conversation_uuid: uuid,
    conversation_id: 1,
    '/api/v1/accounts/{account_id}/agents/{id}': shop.agent,
  };
  return { known, configuration: configurationOf(shop) };
}

function configurationOf(shop) {
  return `
continue-on-failure = true
seed = 1
# Longer than the longest wait for an event.
request-timeout = 40
hooks = "${join(root, 'scripts/check-documents.py')}"
headers = { api_access_token = "${shop.administrator}" }
[generation]
allow-x00 = false
with-security-parameters = false
database = "none"
[checks]
positive_data_acceptance = { enabled = false }
negative_data_rejection = { enabled = false, expected-statuses = [400, 401, 403, 404, 405, 413, 415, 422, 431] }
[[operations]]
include-path-regex = "^/api/v1/profile|^/auth/sign_out"
headers = { api_access_token = "${shop.renewed}" }
[[operations]]
# They have a method more: the older spelling of a deletion, a redirect to the page to sign in at, and an alias that shows the form
# of a message alone.
include-path = [
  "/api/v1/accounts/{account_id}/inbox_members/{inbox_id}",
  "/auth/sign_in",
  "/public/api/v1/channels/{inbox_identifier}/customers/{contact_identifier}/conversations/{conversation_id}/messages",
]
checks = { unsupported_method = { enabled = false }, allow_header_conformance = { enabled = false } }
`;
}

function run(program, known, more) {
  const document = join(root, 'docs/openapi.json');
  const words = [
    'run',
    document,
    '--phases',
    'coverage,fuzzing',
    '--max-examples',
    '20',
    '--no-color',
    ...more,
  ];
  const env = {
    ...process.env,
    HOORY_MEANINGS: join(root, 'packages/server/test/meanings.json'),
    HOORY_KNOWN: JSON.stringify(known),
  };
  const child = spawn(program, ['--config-file', join(folder, 'schemathesis.toml'), ...words], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
