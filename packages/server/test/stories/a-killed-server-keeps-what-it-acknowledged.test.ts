/**
 * The server is killed while 64 customers post, each message several times at once, and agents write beside them; what it
 * acknowledged is there afterwards, exactly once. `HOORY_TEST_SENDS` makes the run longer.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createRandom } from '../fixtures/random.ts';
import { freePort, runVerb, type ServerProcess, startProcess } from '../process.ts';
import { engines, freshConfig } from '../server.ts';

const posters = 64;
const agents = 8;
const openers = 4;
const kills = 3;
/** Requests with a message, repeats included. */
const sends = Number(process.env.HOORY_TEST_SENDS || 2000);

interface Setup {
  inbox_identifier: string;
  account_id: number;
  api_access_token: string;
  user_id: number;
}

/** The acknowledgements of one customer, in their order: ids by the content that was sent. */
interface Told {
  path: string;
  ids: Map<string, number>;
}

let release: (() => Promise<void>) | undefined;
let server: ServerProcess | undefined;

afterEach(async () => {
  await server?.kill();
  await release?.();
});

describe.each(engines)('on %s', (engine) => {
  test(`finds each of ${sends} sends exactly once after SIGKILL, repeats among other writes included`, {
    timeout: 120_000 + sends * 40,
  }, async () => {
    const { env, made } = await setUp(engine);
    server = await startProcess(env);
    const base = `${server.url}/public/api/v1/inboxes/${made.inbox_identifier}/contacts`;
    const told = await Promise.all(Array.from({ length: posters }, () => startConversation(base)));
    const opened = await Promise.all(Array.from({ length: openers }, () => startSession(base)));

    let sent = 0;
    let isOver = false;
    const work = Promise.all([
      ...told.map((one, index) => post(one, index, { isOver: () => isOver, sent: () => sent++ })),
      ...opened.map((one, index) => open(one, index, () => isOver)),
      ...Array.from({ length: agents }, (_, index) =>
        change(server?.url as string, made, [index, () => isOver]),
      ),
    ]);
    /** Fails as soon as one of them does. */
    const waitUntil = (isTrue: () => boolean) => Promise.race([until(isTrue), work]);
    for (let kill = 1; kill <= kills; kill++) {
      await waitUntil(() => sent >= (kill * sends) / (kills + 1));
      await server.kill();
      server = await startProcess(env);
    }
    await waitUntil(() => sent >= sends);
    isOver = true;
    await work;

    for (const { path, ids } of told) expect(await readAll(path)).toEqual([...ids]);
    for (const { path, ids } of opened)
      expect((await listIds(path)).sort(ascending)).toEqual([...ids.values()].sort(ascending));
  });
});

async function setUp(engine: 'sqlite' | 'postgres') {
  const fresh = await freshConfig(engine);
  release = fresh.release;
  const env = { ...fresh.env, PORT: String(await freePort()), HOST: '127.0.0.1' };
  const given = [
    '--account',
    'A',
    '--email',
    'a@x.test',
    '--password',
    'Passw0rd!',
    '--inbox',
    'I',
    '--json',
  ];
  return { env, made: JSON.parse(await runVerb(['setup', ...given], env)) as Setup };
}

const startSession = async (base: string): Promise<Told> => {
  const { source_id } = (await (await fetch(base, { method: 'POST' })).json()) as { source_id: string };
  return { path: `${base}/${source_id}/conversations`, ids: new Map() };
};

async function startConversation(base: string): Promise<Told> {
  const { path, ids } = await startSession(base);
  const { id } = (await (await fetch(path, { method: 'POST' })).json()) as { id: number };
  return { path: `${path}/${id}/messages`, ids };
}

/** Posts one message after another, each by one to four requests at once, and now and then an older one again. */
async function post(
  { path, ids }: Told,
  index: number,
  { isOver, sent }: { isOver(): boolean; sent(): void },
): Promise<void> {
  const random = createRandom(index + 1);
  for (let count = 0; !isOver(); count++) {
    const content = `customer ${index} message ${count}`;
    const older = [...ids.keys()].at(-1 - random(3));
    const contents = [content, ...Array(random(4)).fill(content), ...(older && random(2) ? [older] : [])];
    const answers = await Promise.all(
      contents.map(async (one) => {
        sent();
        return [one, await insist(path, { content: one, echo_id: one })] as const;
      }),
    );
    for (const [one, id] of answers) {
      if (!ids.has(one)) ids.set(one, id);
      expect([one, id]).toEqual([one, ids.get(one)]);
    }
  }
}

/** Opens conversations, each by two requests at once with one `Idempotency-Key`. */
async function open({ path, ids }: Told, index: number, isOver: () => boolean): Promise<void> {
  for (let count = 0; !isOver(); count++) {
    const key = `opener ${index} conversation ${count} of this run`;
    const headers = { 'idempotency-key': key };
    const [first, second] = await Promise.all([insist(path, {}, headers), insist(path, {}, headers)]);
    expect(second).toBe(first);
    ids.set(key, first as number);
  }
}

/** Writes between the sends: assigns, labels and resolves conversations, each as another transaction's neighbour. */
async function change(
  url: string,
  { account_id, api_access_token, user_id }: Setup,
  [index, isOver]: [number, () => boolean],
): Promise<void> {
  const random = createRandom(1000 + index);
  const changes = [
    ['assignments', { assignee_id: user_id }],
    ['assignments', { assignee_id: 0 }],
    ['labels', { labels: ['a', `b${index}`] }],
    ['toggle_status', { status: 'resolved' }],
    ['toggle_status', { status: 'open' }],
  ] as const;
  while (!isOver()) {
    const [what, body] = changes[random(changes.length)] as (typeof changes)[number];
    const path = `${url}/api/v1/accounts/${account_id}/conversations/${1 + random(posters)}/${what}`;
    // A lost one is not repeated.
    const done = await ask(path, body, { api_access_token });
    if (done === undefined) await rest();
  }
}

/** Asks until it is acknowledged. @returns the id in the answer */
async function insist(path: string, body: object, headers: Record<string, string> = {}): Promise<number> {
  for (;;) {
    const answer = await ask(path, body, headers);
    if (answer !== undefined) return answer.id as number;
    await rest();
  }
}

/** @returns the answer of success; undefined where the server is away. @throws for every other answer */
async function ask(path: string, body: object, headers: Record<string, string>) {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const answer = await fetch(path, { ...sent, body: JSON.stringify(body) }).catch(() => undefined);
  const text = await answer?.text().catch(() => undefined);
  if (!answer || text === undefined) return undefined;
  // A server that comes up again on PostgreSQL may still be told that its database is busy with what the killed one left.
  if (answer.status === 503) return undefined;
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as { id?: number };
}

/** So many that try again without a rest would keep the next server from starting. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 200));

/** Messages of the customer, oldest first. */
async function readAll(path: string): Promise<[content: string, id: number][]> {
  const stored: [string, number][] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const answer = await fetch(`${path}?before=${before}`);
    const page = (await answer.json()) as { id: number; content: string; message_type: number }[];
    const [first] = page;
    if (!first) return stored;
    stored.unshift(
      ...page
        .filter(({ message_type }) => message_type === 0)
        .map(({ content, id }): [string, number] => [content, id]),
    );
    before = first.id;
  }
}

const listIds = async (path: string): Promise<number[]> =>
  ((await (await fetch(path)).json()) as { id: number }[]).map(({ id }) => id);

const ascending = (a: number, b: number) => a - b;

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}
