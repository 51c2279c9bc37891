/** Unmodified clients behind a balancer, whose nodes are killed one after the other while a conversation goes on. */
import { createCable as createCoreCable } from '@anycable/core';
import { createCable as createWebCable } from '@anycable/web';
import { createClient, memoryStorage } from '@hoory/client';
import { adapters, createConsumer } from '@rails/actioncable';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Balancer, openBalancer } from '../balancer.ts';
import { freePort, runVerb, type ServerProcess, startProcess } from '../process.ts';
import { ext } from '../raw-cable.ts';
import { freshConfig, placements } from '../server.ts';

const messages = 500;
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

describe.runIf(placements.includes('two nodes'))('clients behind a balancer', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  interface Site {
    balancer: Balancer;
    setup: Setup;
    /** Kills one node after the other, and starts each again. */
    killNext(): Promise<void>;
  }

  async function openSite(settings: Record<string, string>): Promise<Site> {
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

  const api = ({ balancer, setup }: Site, path: string) =>
    `${balancer.url}/public/api/v1/inboxes/${setup.inbox_identifier}${path}`;

  /** Asks until a node answers: the one that had the request may be dead. */
  const ask = <Answer>(site: Site, path: string, body?: object): Promise<Answer> =>
    vi.waitFor(async () => {
      const answer = await fetch(api(site, path), {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json', connection: 'close' },
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      return (await answer.json()) as Answer;
    }, soon);

  const cableUrl = ({ balancer }: Site) => `${balancer.url.replace('http', 'ws')}/cable`;

  async function listenAnycable(
    site: Site,
    create: typeof createCoreCable,
    params: object,
  ): Promise<string[]> {
    const cable = create(cableUrl(site), {
      protocol: ext,
      websocketImplementation: WebSocket,
      logLevel: 'error',
      // Nothing but the pause between two attempts, which is seconds by itself.
      reconnectStrategy: () => 50,
    });
    closers.push(() => cable.disconnect());
    const heard: string[] = [];
    const channel = cable.subscribeTo('RoomChannel', params as Record<string, string>);
    channel.on('message', (message) => {
      const { event, data } = message as unknown as Heard;
      if (event === 'message.created' && data.message_type !== 2) heard.push(data.content);
    });
    await channel.ensureSubscribed();
    return heard;
  }

  /** Rails' client resumes nothing: the page reads the conversation at each connection, and then adds what it hears. */
  async function listenRails(site: Site, params: object, own: string): Promise<string[]> {
    adapters.WebSocket = WebSocket;
    const listeners = new Set<() => void>();
    const page = {
      visibilityState: 'visible',
      addEventListener: (_event: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_event: string, listener: () => void) => listeners.delete(listener),
    };
    // These stay: a timer of the client still reads them after it has disconnected.
    Object.assign(globalThis, { document: page, ...page });
    const consumer = createConsumer(cableUrl(site));
    // Somebody looks at the tab again and again: the client does not wait for its next poll.
    const looking = setInterval(() => {
      for (const listener of listeners) listener();
    }, 500);
    closers.push(() => {
      clearInterval(looking);
      consumer.disconnect();
    });
    const shown: string[] = [];
    const show = (content: string) => {
      if (!shown.includes(content)) shown.push(content);
    };
    /** Heard while the conversation is read. */
    const waiting: string[] = [];
    let readings = 0;
    let reading = Promise.resolve();
    const read = async () => {
      const pages: { id: number; content: string }[][] = [];
      for (let before = ''; ; before = `?before=${pages[0]?.[0]?.id}`) {
        const page = await ask<{ id: number; content: string }[]>(site, `${own}/messages${before}`);
        pages.unshift(page);
        if (page.length < 20 || page.some(({ content }) => content === shown.at(-1))) break;
      }
      for (const { content } of pages.flat()) show(content);
      if (--readings === 0) for (const content of waiting.splice(0)) show(content);
    };
    const ready = new Promise<void>((resolve) => {
      consumer.subscriptions.create(
        { channel: 'RoomChannel', ...params },
        {
          connected: () => {
            readings++;
            reading = reading.then(read).then(resolve);
          },
          received: ({ event, data }: Heard) => {
            if (event !== 'message.created' || data.message_type === 2) return;
            if (readings) waiting.push(data.content);
            else show(data.content);
          },
        },
      );
    });
    await ready;
    return shown;
  }

  test.each([
    { kind: 'with Redis', settings: { REDIS_URL: process.env.HOORY_TEST_REDIS ?? '' } },
    { kind: 'without Redis', settings: {} },
  ])(
    'receive 500 messages once and in order while nodes are killed, $kind',
    { timeout: 300_000 },
    async ({ settings }) => {
      const site = await openSite(settings as Record<string, string>);
      const { pubsub_token, account_id, user_id, inbox_identifier } = site.setup;
      const client = createClient({
        base: site.balancer.url,
        inbox: inbox_identifier,
        storage: memoryStorage(),
        WebSocket,
        timeouts: { welcomeMs: 2000, retry: { minMs: 50, maxMs: 500 }, readDelayMs: 10 },
      });
      closers.push(() => client.close());
      const heardBySdk: string[] = [];
      client.on('message.created', ({ content }) => heardBySdk.push(`${content}`));
      await client.open();
      client.conversation().send('message 0');
      await vi.waitFor(() => expect(client.conversation().getState().id).toBeGreaterThan(0), soon);
      await vi.waitFor(() => expect(client.getState().connection).toBe('live'), soon);
      const { source_id, pubsub_token: contactToken } = client.getState().session as {
        source_id: string;
        pubsub_token: string;
      };
      const own = `/contacts/${source_id}/conversations/${client.conversation().getState().id}`;
      const contact = { pubsub_token: contactToken };
      const agent = { pubsub_token, account_id, user_id };
      const listeners = [
        await listenAnycable(site, createCoreCable, contact),
        await listenAnycable(site, createWebCable as typeof createCoreCable, agent),
        await listenRails(site, agent, own),
        heardBySdk,
      ];
      const said: string[] = [];
      let killing = Promise.resolve();
      for (let n = 1; n <= messages; n++) {
        if (n % 100 === 50) killing = killing.then(site.killNext);
        if (n % 70 === 35) site.balancer.cut();
        said.push(`message ${n}`);
        await ask(site, `${own}/messages`, { content: `message ${n}`, echo_id: `message ${n}` });
      }
      await killing;
      const withoutFirst = (heard: readonly string[]) => heard.filter((content) => content !== 'message 0');
      for (const heard of listeners) await vi.waitFor(() => expect(withoutFirst(heard)).toEqual(said), soon);
    },
  );
});
