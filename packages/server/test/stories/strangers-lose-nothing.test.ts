/** The public clients of the extended protocol, unmodified, while sockets are cut and the server is killed (cable.md part D). */
import { createCable as createCoreCable } from '@anycable/core';
import { createCable as createWebCable } from '@anycable/web';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Network, openNetwork } from '../network.ts';
import { freePort, runVerb, type ServerProcess, startProcess } from '../process.ts';
import { ext } from '../raw-cable.ts';
import { engines, freshConfig } from '../server.ts';

const messages = 200;
const soon = { timeout: 30_000, interval: 20 };

interface Setup {
  inbox_identifier: string;
  account_id: number;
  user_id: number;
  pubsub_token: string;
}

interface Heard {
  event: string;
  data: { conversation_id: number; content: string; message_type: number };
}

describe.each(engines)('strangers on %s', (engine) => {
  let release: () => Promise<void>;
  let env: Record<string, string>;
  let server: ServerProcess;
  /** The start of the next server, which a test that fails leaves behind. */
  let restarting: Promise<void> | undefined;
  let network: Network;
  let setup: Setup;
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    const fresh = await freshConfig(engine);
    release = fresh.release;
    env = { ...fresh.env, PORT: String(await freePort()), HOST: '127.0.0.1' };
    const words = ['setup', '--account', 'A', '--email', 'a@x.test', '--inbox', 'I', '--json'];
    setup = JSON.parse(await runVerb(words, env)) as Setup;
    server = await startProcess(env);
    network = await openNetwork(Number(env.PORT));
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    await network.stop();
    await restarting?.catch(() => {});
    restarting = undefined;
    await server.kill();
    await release();
  });

  async function post<Answer>(path: string, body: object = {}): Promise<Answer> {
    const answer = await fetch(`${server.url}/public/api/v1/inboxes/${setup.inbox_identifier}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as Answer;
  }

  /** The events of this client of RoomChannel, by conversation. */
  async function listen(create: typeof createCoreCable, params: object): Promise<Map<number, string[]>> {
    const cable = create(`${network.url.replace('http', 'ws')}/cable`, {
      protocol: ext,
      websocketImplementation: WebSocket,
      logLevel: 'error',
      // Nothing but the pause between two attempts, which is seconds by itself.
      reconnectStrategy: () => 50,
    });
    closers.push(() => cable.disconnect());
    const heard = new Map<number, string[]>();
    const channel = cable.subscribeTo('RoomChannel', params as Record<string, string>);
    channel.on('message', (message) => {
      const { event, data } = message as unknown as Heard;
      // The agent is also told that the conversations are given to them.
      if (event !== 'message.created' || data.message_type === 2) return;
      heard.set(data.conversation_id, [...(heard.get(data.conversation_id) ?? []), data.content]);
    });
    await channel.ensureSubscribed();
    return heard;
  }

  test('@anycable/core and @anycable/web receive 200 messages once and in order', {
    timeout: 120_000,
  }, async () => {
    const ann = await post<{ source_id: string; pubsub_token: string }>('/contacts');
    const own = `/contacts/${ann.source_id}/conversations`;
    const conversations = [await post<{ id: number }>(own), await post<{ id: number }>(own)];
    const { pubsub_token, account_id, user_id } = setup;
    const customer = await listen(createCoreCable, { pubsub_token: ann.pubsub_token });
    const agent = await listen(createWebCable as typeof createCoreCable, {
      pubsub_token,
      account_id,
      user_id,
    });

    const said = new Map(conversations.map(({ id }) => [id, [] as string[]]));
    for (let n = 0; n < messages; n++) {
      if (n % 80 === 50) {
        await restarting;
        await server.kill();
        restarting = startProcess(env).then((next) => {
          server = next;
        });
      } else if (n % 20 === 10) network.cut();
      const { id } = conversations[n % 2] as { id: number };
      const content = `message ${n}`;
      // A sender that may be cut off repeats it until the server has stored it.
      await vi.waitFor(() => post(`${own}/${id}/messages`, { content, echo_id: content }), soon);
      said.get(id)?.push(content);
    }
    await restarting;
    for (const heard of [customer, agent])
      await vi.waitFor(() => expect(Object.fromEntries(heard)).toEqual(Object.fromEntries(said)), soon);
  });
});
