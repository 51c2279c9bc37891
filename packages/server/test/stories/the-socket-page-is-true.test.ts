/** The JavaScript of docs/socket.md, run as it stands there but for the addresses and tokens that a reader fills in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pruneLog } from '../../src/events/prune.ts';
import { describeInChromium, useChromium } from '../browser.ts';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
} from '../fixtures/connected-account.ts';
import { type Network, openNetwork } from '../network.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { type Site, startSite } from '../site.ts';

const page = readFileSync(new URL('../../../../docs/socket.md', import.meta.url), 'utf8');
const snippets = [...page.matchAll(/```js\n\/\/ in (a browser|Node)\n(.*?)```/gs)].map(
  ([, where, code = '']) => ({ where, code }),
);
const [inBrowser, byOffset, byAnyCable, byFeed] = snippets.map(({ code }) => code);
const soon = { timeout: 30_000, interval: 20 };

let server: TestServer;
let connected: ConnectedAccount;
let network: Network;
let ann: Customer;

beforeEach(async () => {
  server = await startTestServer();
  connected = await createConnectedAccount(server);
  network = await openNetwork(Number(new URL(server.url).port));
  ann = await connected.createContact();
  await connected.createConversation(ann);
});
afterEach(async () => {
  await network.stop();
  await server.stop();
});

/** The values that a reader fills in. */
const filledIn = (code = '') =>
  code
    .replaceAll('//localhost:3000', `//${new URL(network.url).host}`)
    .replaceAll('<inbox identifier>', connected.fixture.inbox.identifier)
    .replaceAll('<pubsub token>', ann.session.pubsub_token)
    .replaceAll('<source id>', ann.session.source_id);

test('the page has JavaScript for a browser, and three ways for Node', () => {
  expect(snippets.map(({ where }) => where)).toEqual(['a browser', 'Node', 'Node', 'Node']);
});

describe('in Node', () => {
  let child: ChildProcess | undefined;
  const lines: string[] = [];

  /** Runs a module where the packages of the server are found. */
  function run(code: string | undefined): void {
    lines.length = 0;
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    child = spawn(process.execPath, ['--input-type=module', '-e', filledIn(code)], { cwd });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => lines.push(...String(chunk).trim().split('\n')));
  }

  afterEach(async () => {
    if (child?.exitCode === null && child.kill('SIGKILL')) await once(child, 'close');
  });

  const prints = (line: string) => vi.waitFor(() => expect(lines).toContain(line), soon);
  const created = () => lines.filter((line) => line.startsWith('message.created'));

  test.each([
    ['a plain socket that names its positions', byOffset],
    ['the client of AnyCable', byAnyCable],
  ])('%s receives the events it missed, in order and once', { timeout: 60_000 }, async (_name, code) => {
    run(code);
    await prints('nothing is missing');
    await connected.postMessage(ann, 'one');
    await prints('message.created one');
    network.become('down');
    await connected.postMessage(ann, 'two');
    await connected.postMessage(ann, 'three');
    network.become('open');
    await prints('message.created three');
    await connected.postMessage(ann, 'four');
    await prints('message.created four');
    expect(created()).toEqual(['one', 'two', 'three', 'four'].map((text) => `message.created ${text}`));
  });

  test('a plain socket gets reject_history when it was away for too long', async () => {
    run(byOffset);
    await prints('nothing is missing');
    await connected.postMessage(ann, 'one');
    await prints('message.created one');
    network.become('down');
    for (const text of ['two', 'three', 'four']) await connected.postMessage(ann, text);
    await pruneLog(server.app.db, { age: 3_600_000, events: 1 }, Date.now());
    network.become('open');
    await prints('away for too long: fetch the conversations anew');
  });

  test('the feed receives new events', async () => {
    run(byFeed);
    for (let n = 0; !created().length; n++) await connected.postMessage(ann, `${n}`);
    await connected.postMessage(ann, 'last');
    await prints('message.created last');
  });
});

describeInChromium('in a browser', () => {
  let site: Site;
  beforeEach(async () => {
    const head =
      '<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,"></head>';
    site = await startSite({
      '/': `${head}<body><script type="module">${filledIn(inBrowser)}</script></body></html>`,
    });
  });
  afterEach(() => site.stop());
  const { blank } = useChromium();

  test('a page becomes a customer and receives messages', async () => {
    const tab = await blank({ origins: [network.url] });
    const lines: string[] = [];
    tab.on('console', (line) => lines.push(line.text()));
    await tab.goto(site.url);
    await vi.waitFor(() => expect(lines.join()).toContain('listening as'), soon);
    const source_id = lines.join().replace(/.*listening as ([^,]+).*/, '$1');
    const visitor: Customer = { ...ann, place: { contact_identifier: source_id } };
    await connected.createConversation(visitor);
    await connected.postMessage(visitor, 'hello');
    await vi.waitFor(
      () => expect(lines.map((line) => line.split(' ')[0])).toContain('message.created'),
      soon,
    );
  });
});
