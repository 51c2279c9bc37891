/** The published client in Chromium, while connections break and the server is killed (cable.md part D). */
import { readFileSync } from 'node:fs';
import { type AgentClient, type Client, createAgentClient } from '@hoory/client';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Config } from '../../src/config.ts';
import { pruneLog } from '../../src/events/prune.ts';
import { startServer } from '../../src/main.ts';
import { describeInChromium, useChromium } from '../browser.ts';
import { type Network, openNetwork } from '../network.ts';
import { freePort, runVerb, type ServerProcess, startProcess } from '../process.ts';
import { freshConfig } from '../server.ts';
import { type Site, startSite } from '../site.ts';

const MESSAGES = 200;
const soon = { timeout: 30_000, interval: 50 };
const published = readFileSync(new URL('../../../sdk/dist/index.js', import.meta.url), 'utf8');

/** Values that the page keeps where the test finds them. */
interface Kept {
  client: Client;
  heard: (string | null)[];
  resets: number;
}

interface Setup {
  inbox_identifier: string;
  account_id: number;
  api_access_token: string;
}

const pageOf = (base: string, inbox: string) => `<!doctype html>
<html lang="en"><head><title>Page</title><link rel="icon" href="data:,"></head><body><script type="module">
  import { createClient } from './client.js';
  const timeouts = { welcomeMs: 1000, retry: { minMs: 50, maxMs: 400 }, pollSeconds: 2 };
  const client = createClient({ base: '${base}', inbox: '${inbox}', timeouts });
  const kept = window.kept = { client, heard: [], resets: 0 };
  client.on('message.created', ({ content, message_type }) => message_type === 1 && kept.heard.push(content));
  client.on('reset', () => kept.resets++);
  client.conversation().send('Hello');
  await client.open();
</script></body></html>`;

describeInChromium('the client on a page', () => {
  let release: () => Promise<void>;
  let config: Readonly<Config>;
  let env: Record<string, string>;
  let server: ServerProcess;
  /** The start of the next server, which a test that fails leaves behind. */
  let restarting: Promise<void> | undefined;
  let setup: Setup;
  let network: Network;
  let site: Site;
  let agent: AgentClient;

  beforeEach(async () => {
    const fresh = await freshConfig();
    release = fresh.release;
    config = fresh.config;
    env = { ...fresh.env, PORT: String(await freePort()), HOST: '127.0.0.1' };
    const words = [
      'setup',
      '--account',
      'A',
      '--email',
      'a@x.test',
      '--password',
      'Passw0rd!',
      '--inbox',
      'I',
    ];
    setup = JSON.parse(await runVerb([...words, '--json'], env)) as Setup;
    server = await startProcess(env);
    network = await openNetwork(Number(env.PORT));
    site = await startSite({
      '/': pageOf(network.url, setup.inbox_identifier),
      '/client.js': published,
    });
    agent = createAgentClient({ base: server.url, accessToken: setup.api_access_token });
  });
  afterEach(async () => {
    await site.stop();
    await network.stop();
    await restarting?.catch(() => {});
    restarting = undefined;
    await server.kill();
    await release();
  });
  const { visit } = useChromium();

  /** A page that has opened the client and said one thing. */
  async function open(): Promise<Page> {
    // Chromium logs every connection that fails, and a preflight that got no answer as one that was refused.
    const pardon = /^logged: .*(net::ERR|CORS|WebSocket)/;
    const page = await visit(site.url, { origins: [network.url], pardon });
    await vi.waitFor(async () => expect(await texts(page)).toEqual(['Hello']), soon);
    return page;
  }

  const connection = (page: Page) =>
    page.evaluate(() => (window as unknown as { kept: Kept }).kept.client.getState().connection);
  const texts = (page: Page) =>
    page.evaluate(() =>
      (window as unknown as { kept?: Kept }).kept?.client
        .conversation()
        .getState()
        .messages.map(({ content }) => content),
    );
  const kept = (page: Page) =>
    page.evaluate(() => {
      const { heard, resets } = (window as unknown as { kept: Kept }).kept;
      return { heard, resets };
    });

  /** Says it until the server has taken it, as everybody must who may be cut off. */
  const say = (content: string, as = agent) =>
    vi.waitFor(
      () =>
        as.call('POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages', {
          account_id: setup.account_id,
          conversation_id: 1,
          content,
          echo_id: content,
        }),
      { ...soon, interval: 20 },
    );

  /** Posts all messages; every 20 the connections break, twice the server is killed and started again. */
  async function sayAllThroughChaos(): Promise<string[]> {
    const said = Array.from({ length: MESSAGES }, (_, at) => `message ${at}`);
    for (const [at, content] of said.entries()) {
      if (at % 80 === 50) {
        await restarting;
        await server.kill();
        restarting = startProcess(env).then((next) => {
          server = next;
        });
      } else if (at % 20 === 10) network.cut();
      await say(content);
    }
    await restarting;
    return ['Hello', ...said];
  }

  test('has 200 messages in order and once, however often sockets are cut and the server is killed', async () => {
    const page = await open();
    await vi.waitFor(async () => expect(await connection(page)).toBe('live'), soon);
    const said = await sayAllThroughChaos();
    await vi.waitFor(async () => expect(await texts(page)).toHaveLength(said.length), soon);
    expect(await texts(page)).toEqual(said);
    await vi.waitFor(async () => expect((await kept(page)).heard).toEqual(said.slice(1)), soon);
  });

  test('has them all the same where no WebSocket gets through', async () => {
    network.become('no-sockets');
    const page = await open();
    await vi.waitFor(async () => expect(await connection(page)).toBe('polling'), soon);
    const said = await sayAllThroughChaos();
    await vi.waitFor(async () => expect(await texts(page)).toHaveLength(said.length), soon);
    expect(await texts(page)).toEqual(said);
    await vi.waitFor(async () => expect((await kept(page)).heard).toEqual(said.slice(1)), soon);
  });

  test('has the complete conversation after it was away for longer than the log is kept', async () => {
    const page = await open();
    await vi.waitFor(async () => expect(await connection(page)).toBe('live'), soon);
    const frames: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    network.become('down');
    await server.kill();
    const elsewhere = await startServer({ ...config, port: 0 });
    const there = createAgentClient({ base: elsewhere.app.url(), accessToken: setup.api_access_token });
    const missed = Array.from({ length: 60 }, (_, at) => `missed ${at}`);
    for (const content of missed) await say(content, there);
    await pruneLog(elsewhere.app.db, { ...config.logKeep, events: 20 }, elsewhere.app.now());
    await elsewhere.close();
    server = await startProcess(env);
    network.become('open');
    await vi.waitFor(async () => expect(await texts(page)).toEqual(['Hello', ...missed]), soon);
    expect(frames.filter((frame) => frame.includes('reject_history'))).toHaveLength(1);
    expect(await kept(page)).toMatchObject({ resets: 2 });
  });
});
