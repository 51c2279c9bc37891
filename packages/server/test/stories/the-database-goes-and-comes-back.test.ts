/** PostgreSQL ends all connections, is gone, and dies in the middle of a commit, while people post and listen. */
import { agentApi } from '@hoory/contract';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/main.ts';
import { placeOf, terminateAll, throughNetwork } from '../databases.ts';
import { createTestAccount } from '../fixtures/test-account.ts';
import { openNetwork } from '../network.ts';
import {
  attempt,
  type Customer,
  enter,
  heardBy,
  listen,
  post,
  readAll,
  sorted,
  unavailable,
  until,
} from '../posting-customers.ts';
import { freePort, runVerb, startProcess } from '../process.ts';
import { agentIdentifier, ext, openRaw, type RawCable } from '../raw-cable.ts';
import { openReceiver } from '../receiver.ts';
import { engines, freshConfig } from '../server.ts';

const customers = 8;
const headers = { 'content-type': 'application/json' };

interface SetUp {
  account_id: number;
  api_access_token: string;
  inbox_id: number;
  inbox_identifier: string;
}

const opened: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

describe.runIf(engines.includes('postgres'))('on postgres', () => {
  test('a server outlives its database and loses nothing', { timeout: 180_000 }, async () => {
    const { server, network, receiver, made, direct } = await open();
    const agent = await listenAsAgent(server.url, made);
    const base = `${server.url}/public/api/v1/inboxes/${made.inbox_identifier}/contacts`;
    const all = await Promise.all(Array.from({ length: customers }, () => enter(server.url, base, opened)));
    const acknowledged = () => all.flatMap((customer) => customer.acknowledged);
    const refused = () => all.flatMap((customer) => customer.refused);
    let isOver = false;
    const posting = Promise.all(all.map((customer, index) => post(customer, index, () => isOver)));
    /** Fails as soon as an answer is missing. */
    const waitUntil = (isTrue: () => boolean) => Promise.race([until(isTrue), posting]);
    const goOn = async () => {
      const before = acknowledged().length;
      await waitUntil(() => acknowledged().length >= before + customers);
    };

    for (let times = 0; times < 3; times++) {
      await goOn();
      await terminateAll(direct);
    }
    await goOn();
    network.become('down');
    const before = refused().length;
    await waitUntil(() => refused().length >= before + customers);
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ database: 'failing' });
    network.become('open');
    await goOn();
    isOver = true;
    await posting;

    for (const refusal of refused()) expect(refusal).toEqual(unavailable);
    for (const customer of all) {
      expect(await readAll(customer.messages)).toEqual(customer.acknowledged);
      const [first] = customer.acknowledged;
      expect(await attempt(customer, first?.content ?? '')).toBe(first?.id);
      await vi.waitFor(() => expect(heardBy(customer.cable)).toEqual(customer.acknowledged), 30_000);
    }
    await vi.waitFor(() => expect(sorted(heardBy(agent))).toEqual(sorted(acknowledged())), 30_000);
    expect(
      offsetsOf(agent).some((offset, index, list) => index > 0 && offset !== (list[index - 1] ?? 0) + 1),
    ).toBe(false);
    const sent = () => new Set(receiver.at('/hook', 'message_created').map(({ body }) => body.id));
    // A claim whose own commit was not answered ends by itself, after 30 seconds.
    await vi.waitFor(() => expect(sent()).toEqual(new Set(acknowledged().map(({ id }) => id))), 60_000);
    expect(await server.stop()).toBe(0);
  });

  describe('a commit whose connection breaks', () => {
    /** In the event of the message, which travels with the commit. */
    const written = '"content":"Hello"';

    async function openOne() {
      const { env, network } = await openDatabase();
      const { app, close } = await startServer(readConfig(env));
      opened.push(close);
      const { inbox, account, as } = await createTestAccount(app);
      // Giving conversations away would commit in between.
      const place = { account_id: account.id, id: inbox.id };
      await as.administrator(agentApi.agentUpdateInbox, { ...place, enable_auto_assignment: false });
      const base = `${app.url()}/public/api/v1/inboxes/${inbox.identifier}/contacts`;
      return { network, customer: await enter(app.url(), base, opened) };
    }

    /** The message is stored and heard once, and sending it again answers with it. */
    async function expectOnce(customer: Customer): Promise<void> {
      await vi.waitFor(() => expect(heardBy(customer.cable)).toHaveLength(1), 30_000);
      const stored = await readAll(customer.messages);
      expect(stored).toEqual(heardBy(customer.cable));
      expect(await attempt(customer, 'Hello')).toBe(stored[0]?.id);
    }

    test('after it was done is acknowledged and published', { timeout: 60_000 }, async () => {
      const { network, customer } = await openOne();
      const swallowed = network.swallow('COMMIT');
      const id = await attempt(customer, 'Hello');
      await swallowed;
      await expectOnce(customer);
      expect(heardBy(customer.cable)).toEqual([{ content: 'Hello', id }]);
      expect(customer.refused).toEqual([]);
    });

    test('before it arrives is published once it has arrived', { timeout: 60_000 }, async () => {
      const { network, customer } = await openOne();
      const held = network.hold(written);
      const attempted = attempt(customer, 'Hello');
      const { arrive } = await held;
      expect(await attempted).toBeUndefined();
      expect(customer.refused).toEqual([unavailable]);
      expect(await readAll(customer.messages)).toEqual([]);
      arrive();
      await expectOnce(customer);
    });

    test('and that never arrives is not done, and may be sent again', { timeout: 60_000 }, async () => {
      const { network, customer } = await openOne();
      const held = network.hold(written);
      const attempted = attempt(customer, 'Hello');
      (await held).lose();
      expect(await attempted).toBeUndefined();
      expect(await attempt(customer, 'Hello')).toEqual(expect.any(Number));
      await expectOnce(customer);
    });
  });

  test('a socket that cannot subscribe is sent away to come back', async () => {
    const { env, network } = await openDatabase();
    const { app, close } = await startServer(readConfig(env));
    opened.push(close);
    const { agent, account } = await createTestAccount(app);
    const identifier = agentIdentifier(agent, account.id);
    network.become('down');
    const first = [{ command: 'subscribe', identifier }];
    const base = openRaw(app.url(), { first });
    expect(await base.until(({ type }) => type === 'disconnect')).toMatchObject({ reconnect: true });
    expect(await openRaw(app.url(), { protocol: ext, first }).closed).toBe(1012);
    network.become('open');
    await listen(app.url(), identifier, opened);
  });
});

/** A database behind a network, and the settings of a server that reaches it so. */
async function openDatabase(settings: Record<string, string> = {}) {
  const fresh = await freshConfig('postgres', { ...settings, HOORY_LOG_LEVEL: 'silent' });
  opened.push(fresh.release);
  const direct = fresh.env.DATABASE_URL as string;
  const network = await openNetwork(placeOf(direct));
  opened.push(network.stop);
  return { env: { ...fresh.env, DATABASE_URL: throughNetwork(direct, network) }, network, direct };
}

async function open() {
  const receiver = await openReceiver();
  opened.push(receiver.close);
  const port = String(await freePort());
  const { env, network, direct } = await openDatabase({ HOORY_WEBHOOK_ALLOW: '127.0.0.1', PORT: port });
  const setUp = ['setup', '--account', 'Shop', '--email', 'ana@shop.test', '--inbox', 'App', '--json'];
  const made = JSON.parse(await runVerb(setUp, env)) as SetUp;
  const server = await startProcess(env);
  opened.push(server.kill);
  const changed = await fetch(`${server.url}/api/v1/accounts/${made.account_id}/inboxes/${made.inbox_id}`, {
    method: 'PATCH',
    headers: { ...headers, api_access_token: made.api_access_token },
    body: JSON.stringify({ channel: { webhook_url: `${receiver.url}/hook` } }),
  });
  expect(changed.status).toBe(200);
  return { server, network, receiver, made, direct };
}

async function listenAsAgent(url: string, { account_id, api_access_token }: SetUp): Promise<RawCable> {
  const profile = await fetch(`${url}/api/v1/profile`, { headers: { api_access_token } });
  return listen(
    url,
    agentIdentifier((await profile.json()) as { id: number; pubsub_token: string }, account_id),
    opened,
  );
}

/** Offsets of the stream on which an agent hears of messages. */
function offsetsOf({ frames }: RawCable): number[] {
  const stream = frames.find(({ message }) => message?.event === 'message.created')?.stream_id;
  return frames.flatMap(({ stream_id, offset }) => (stream_id === stream && offset ? [offset] : []));
}
