/** Unmodified clients behind a balancer, in Chromium and in Node, whose nodes are killed one after the other while a conversation goes on. */
import { createCable } from '@anycable/core';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Balancer, openBalancer } from '../balancer.ts';
import { describeInChromium, useChromium } from '../browser.ts';
import { clientsPage, listenByAnycable, listenByRails, openSdk } from '../clients-page.ts';
import { freePort, runVerb, type ServerProcess, startProcess } from '../process.ts';
import { ext } from '../raw-cable.ts';
import { freshConfig, placements } from '../server.ts';
import { startSite } from '../site.ts';

const soon = { timeout: 60_000, interval: 50 };

interface Setup {
  inbox_identifier: string;
  account_id: number;
  user_id: number;
  pubsub_token: string;
}

interface Heard {
  event: string;
  data: { content: string; message_type: number };
}

interface Cluster {
  balancer: Balancer;
  setup: Setup;
  /** Kills one node after the other, and starts each again. */
  killNext(): Promise<void>;
}

const closers: (() => unknown)[] = [];

async function openCluster(settings: Record<string, string>): Promise<Cluster> {
  const fresh = await freshConfig('postgres', { HOORY_URL: 'http://localhost:3000', ...settings });
  closers.push(fresh.release);
  const ports = [await freePort(), await freePort()];
  const envs = ports.map((port) => ({ ...fresh.env, PORT: String(port), HOST: '127.0.0.1' }));
  const words = ['setup', '--account', 'A', '--email', 'a@x.test', '--inbox', 'I', '--json'];
  const setup = JSON.parse(await runVerb(words, fresh.env)) as Setup;
  const nodes = await Promise.all(envs.map(startProcess));
  closers.push(() => Promise.all(nodes.map((node) => node.kill())));
  const balancer = await openBalancer(ports);
  closers.push(() => balancer.stop());
  let killed = 0;
  const killNext = async () => {
    const index = killed++ % nodes.length;
    await (nodes[index] as ServerProcess).kill();
    nodes[index] = await startProcess(envs[index] as Record<string, string>);
  };
  return { balancer, setup, killNext };
}

const cableOf = ({ balancer }: Cluster) => `${balancer.url.replace('http', 'ws')}/cable`;

/** Posts until a node answers: the one that had the request may be dead. */
const post = (address: string, body: object) =>
  vi.waitFor(async () => {
    const answer = await fetch(address, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', connection: 'close' },
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
  }, soon);

/** Listens by `@anycable/core` in this process. */
async function listenByCore(cluster: Cluster, params: Record<string, string>): Promise<string[]> {
  const cable = createCable(cableOf(cluster), {
    protocol: ext,
    websocketImplementation: WebSocket,
    logLevel: 'error',
    // Nothing but the pause between two attempts, which is seconds by itself.
    reconnectStrategy: () => 50,
  });
  closers.push(() => cable.disconnect());
  const heard: string[] = [];
  const channel = cable.subscribeTo('RoomChannel', params);
  channel.on('message', (message) => {
    const { event, data } = message as unknown as Heard;
    if (event === 'message.created' && data.message_type !== 2) heard.push(data.content);
  });
  await channel.ensureSubscribed();
  return heard;
}

/** The conversation that our client on the page has begun: its address, and the token of its contact. */
async function conversationOn(page: Page, { balancer, setup }: Cluster) {
  const begun = await vi.waitFor(async () => {
    const state = await page.evaluate(() => ({
      id: window.sdk.conversation().getState().id,
      session: window.sdk.getState().session,
      connection: window.sdk.getState().connection,
    }));
    expect(state).toMatchObject({ id: expect.any(Number), session: {}, connection: 'live' });
    return state;
  }, soon);
  const inbox = `${balancer.url}/public/api/v1/inboxes/${setup.inbox_identifier}`;
  return {
    token: begun.session?.pubsub_token ?? '',
    address: `${inbox}/contacts/${begun.session?.source_id}/conversations/${begun.id}`,
  };
}

const withoutFirst = (heard: readonly string[]) => heard.filter((content) => content !== 'message 0');

describe.runIf(placements.includes('two nodes'))('clients', () => {
  describeInChromium('behind a balancer', () => {
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
    });
    const { visit } = useChromium();

    /** Opens the page at an origin of its own. Connections that break are no faults of it. */
    async function openPage({ balancer }: Cluster): Promise<Page> {
      const site = await startSite(clientsPage());
      closers.push(() => site.stop());
      const pardon = /^logged: .*(net::ERR|CORS|WebSocket)/;
      const page = await visit(site.url, { origins: [balancer.url], pardon });
      await page.waitForFunction(() => 'clients' in window);
      return page;
    }

    test.each([
      { kind: 'with Redis', redis: process.env.HOORY_TEST_REDIS, messages: 500 },
      { kind: 'without Redis', redis: undefined, messages: 150 },
    ])(
      'receive $messages messages once and in order while nodes are killed, $kind',
      { timeout: 300_000 },
      async ({ redis, messages }) => {
        const cluster = await openCluster(redis ? { REDIS_URL: redis } : {});
        const { balancer, setup } = cluster;
        const { pubsub_token, account_id, user_id } = setup;
        const page = await openPage(cluster);
        await page.evaluate(openSdk, { base: balancer.url, inbox: setup.inbox_identifier });
        const { address: conversation, token } = await conversationOn(page, cluster);
        const agent = { cable: cableOf(cluster), params: { pubsub_token, account_id, user_id } };
        await page.evaluate(listenByAnycable, agent);
        await page.evaluate(listenByRails, { ...agent, conversation });
        const core = await listenByCore(cluster, { pubsub_token: token });
        const said: string[] = [];
        let killing = Promise.resolve();
        for (let n = 1; n <= messages; n++) {
          if (n % 120 === 30) killing = killing.then(cluster.killNext);
          if (n % 70 === 35) balancer.cut();
          said.push(`message ${n}`);
          await post(`${conversation}/messages`, { content: `message ${n}`, echo_id: `message ${n}` });
        }
        await killing;
        await vi.waitFor(async () => {
          const { sdk, anycable, rails } = await page.evaluate(() => window.heard);
          for (const heard of [core, sdk, anycable, rails]) expect(withoutFirst(heard)).toEqual(said);
        }, soon);
      },
    );
  });
});
