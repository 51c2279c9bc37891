/** The receivers of docs/webhooks.md, run as they stand there but for the port and the tokens that a reader fills in. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Webhook, WebhookDelivery } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
} from '../fixtures/connected-account.ts';
import { freePort } from '../process.ts';
import { startTestServer, type TestServer } from '../server.ts';

const page = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8');
const receivers = [...page.matchAll(/```(?:js|python)\n(?:\/\/|#) (receive\S+)\n(.*?)```/gs)].map(
  ([, name = '', code = '']) => ({ name, code }),
);
const [makeWebhook = ''] = /curl\b[^`]*?\/webhooks -H[^`]*/.exec(page) ?? [];
const soon = { timeout: 30_000, interval: 20 };
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('Skipped: the receiver in Python needs python3');

let server: TestServer;
let connected: ConnectedAccount;
let ann: Customer;
let port: number;
let webhook: Webhook;
let child: ChildProcess | undefined;
let lines: string[];

beforeEach(async () => {
  server = await startTestServer({ settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
  connected = await createConnectedAccount(server);
  ann = await connected.createContact();
  await connected.createConversation(ann);
  port = await freePort();
  const { stdout } = await promisify(execFile)('sh', ['-c', filledIn(makeWebhook)]);
  webhook = JSON.parse(stdout).payload.webhook;
});
afterEach(async () => {
  if (child?.exitCode === null && child.kill('SIGKILL')) await once(child, 'close');
  child = undefined;
  await server.stop();
});

/** The values that a reader fills in; the port first, since later values may contain its digits. */
const filledIn = (code: string) =>
  code
    .replaceAll('4000', String(port))
    .replaceAll('http://localhost:3000', server.url)
    .replaceAll('accounts/1/', `accounts/${connected.fixture.account_id}/`)
    .replaceAll('<token>', connected.fixture.administrator.access_token);

/** Runs a receiver until it answers, which to a request without a signature is a refusal. */
async function run({ name, code }: { name: string; code: string }): Promise<void> {
  const command = name.endsWith('.py') ? ['python3', '-c'] : [process.execPath, '--input-type=module', '-e'];
  child = spawn(command[0] as string, [...command.slice(1), filledIn(code)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      ...process.env,
      SECRET: webhook.secret,
      STANDARD_WEBHOOKS_SECRET: webhook.standard_webhooks_secret,
    },
  });
  const heard: string[] = [];
  lines = heard;
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    heard.splice(0, heard.length, ...printed.trim().split('\n'));
  });
  await vi.waitFor(async () => expect(await forge()).toBe(401), soon);
}

const forge = async (): Promise<number> => {
  const body = '{"event":"message_created","content":"forged"}';
  return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })).status;
};

const prints = (line: string) => vi.waitFor(() => expect(lines).toContain(line), soon);

test('the page has a receiver for Node, one with the package, and one for Python', () => {
  expect(receivers.map(({ name }) => name)).toEqual(['receive.mjs', 'receive-standard.mjs', 'receive.py']);
});

describe.each(receivers)('$name', (receiver) => {
  test.skipIf(receiver.name.endsWith('.py') && !hasPython)('accepts genuine deliveries only', async () => {
    await run(receiver);
    await connected.postMessage(ann, 'Où est ma commande ?');
    await prints('message_created Où est ma commande ?');
    await connected.postMessage(ann, 'two');
    await prints('message_created two');
    expect(lines).not.toContain('message_created forged');
  });
});

describe.each(receivers.filter(({ code }) => code.includes('done')))('$name', (receiver) => {
  test.skipIf(receiver.name.endsWith('.py') && !hasPython)('handles a repeated delivery once', async () => {
    await run(receiver);
    await connected.postMessage(ann, 'one');
    await prints('message_created one');
    const list = () =>
      connected.callAgent<{ payload: WebhookDelivery[] }>(
        connected.fixture.administrator,
        'agentListWebhookDeliveries',
      );
    const settled = () =>
      vi.waitFor(async () => {
        const { payload } = await list();
        expect(payload.map(({ status }) => status)).toEqual(['delivered']);
        return payload[0]?.id as number;
      }, soon);
    await connected.callAgent(connected.fixture.administrator, 'agentReplayWebhookDelivery', {
      id: await settled(),
    });
    await settled();
    await connected.postMessage(ann, 'two');
    await prints('message_created two');
    expect(lines).toEqual(['message_created one', 'message_created two']);
  });
});
