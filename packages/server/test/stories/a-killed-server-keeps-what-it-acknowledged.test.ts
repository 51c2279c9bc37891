/** The server is killed while many clients post; what it acknowledged is there afterwards, exactly once. */
import { afterEach, describe, expect, test } from 'vitest';
import { freePort, runVerb, type ServerProcess, startProcess } from '../process.ts';
import { engines, freshConfig } from '../server.ts';

const clients = 64;
const kills = 2;

interface Setup {
  inbox_identifier: string;
  account_id: number;
  api_access_token: string;
}

let release: (() => Promise<void>) | undefined;
let server: ServerProcess | undefined;

afterEach(async () => {
  await server?.kill();
  await release?.();
});

describe.each(engines)('on %s', (engine) => {
  test('finds every acknowledged message exactly once after SIGKILL', { timeout: 120_000 }, async () => {
    const fresh = await freshConfig(engine);
    release = fresh.release;
    const env = { ...fresh.env, PORT: String(await freePort()), HOST: '127.0.0.1' };
    const setup = [
      'setup',
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
    const { inbox_identifier } = JSON.parse(await runVerb(setup, env)) as Setup;
    server = await startProcess(env);
    const base = `${server.url}/public/api/v1/inboxes/${inbox_identifier}/contacts`;
    const conversations = await Promise.all(Array.from({ length: clients }, () => startConversation(base)));

    const acknowledged = new Map<string, string[]>(conversations.map((path) => [path, []]));
    let isOver = false;
    const posters = conversations.map((path, index) => post(path, index, acknowledged, () => isOver));
    for (let kill = 0; kill < kills; kill++) {
      await until(() => total(acknowledged) >= (kill + 1) * clients * 3);
      await server.kill();
      server = await startProcess(env);
    }
    await until(() => total(acknowledged) >= (kills + 1) * clients * 3);
    isOver = true;
    await Promise.all(posters);

    for (const path of conversations) {
      const stored = await readAll(path);
      expect(stored.filter((content, index) => stored.indexOf(content) !== index)).toEqual([]);
      expect(stored).toEqual(acknowledged.get(path));
    }
  });
});

async function startConversation(base: string): Promise<string> {
  const { source_id } = (await (await fetch(base, { method: 'POST' })).json()) as { source_id: string };
  const { id } = (await (await fetch(`${base}/${source_id}/conversations`, { method: 'POST' })).json()) as {
    id: number;
  };
  return `${base}/${source_id}/conversations/${id}/messages`;
}

/** Posts one message after another; an attempt without an answer is repeated with its `echo_id`. */
async function post(
  path: string,
  index: number,
  acknowledged: Map<string, string[]>,
  isOver: () => boolean,
): Promise<void> {
  for (let count = 0; !isOver(); count++) {
    const content = `client ${index} message ${count}`;
    // So many that try again without a rest would keep the next server from starting.
    while (!(await isAcknowledged(path, content))) await new Promise((resolve) => setTimeout(resolve, 200));
    acknowledged.get(path)?.push(content);
  }
}

const isAcknowledged = (path: string, content: string): Promise<boolean> =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content, echo_id: content }),
  }).then(
    (response) => response.status === 200,
    () => false,
  );

async function readAll(path: string): Promise<string[]> {
  const contents: string[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const page = (await (await fetch(`${path}?before=${before}`)).json()) as {
      id: number;
      content: string;
    }[];
    const [first] = page;
    if (!first) return contents;
    contents.unshift(...page.map(({ content }) => content));
    before = first.id;
  }
}

const total = (acknowledged: Map<string, string[]>) =>
  [...acknowledged.values()].reduce((sum, list) => sum + list.length, 0);

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}
