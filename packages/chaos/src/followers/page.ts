/** `@hoory/client` on a page in Chromium. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { objectOf } from '../json.ts';
import { portOf } from '../wait.ts';
import { openRefetch } from './fetch-anew.ts';
import { type Follower, followerName, type Identity, recordEvent, type Surroundings } from './follower.ts';
import { customerEvents, type KeptSession } from './sdk.ts';

const published = new URL('../../../sdk/dist/index.js', import.meta.url);
const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];

/** @param program path of Chromium */
export async function followOnPage(
  surroundings: Surroundings,
  {
    identity,
    inbox,
    session,
    program,
  }: { identity: Identity; inbox: string; session: KeptSession; program: string },
): Promise<Follower> {
  const name = followerName('chromium', identity);
  const { history } = surroundings;
  const refetch = openRefetch(surroundings, { follower: name, identity });
  const site = await startSite(pageOf({ base: surroundings.base, inbox, session }));
  const browser = await chromium.launch({ executablePath: program, args: quiet });
  const page = await browser.newPage();
  let makeReady = () => {};
  const ready = new Promise<void>((resolve) => {
    makeReady = resolve;
  });
  await page.exposeFunction('tell', (what: string, told: unknown) => {
    if (what === 'event') {
      const { event, data } = objectOf(told);
      recordEvent(history, name, { event, data });
    } else if (what === 'live') makeReady();
    else {
      history.add({ kind: 'reset', follower: name });
      void refetch.fetch();
    }
  });
  await page.goto(site.url);
  const close = async () => {
    await browser.close();
    await site.stop();
  };
  return { name, kind: 'chromium', identity, ready, close };
}

/** Calls to a function outside the page may overtake each other: the page makes one after the other. */
const pageOf = (settings: { base: string; inbox: string; session: KeptSession }): string => `<!doctype html>
<html lang="en"><head><title>Chaos</title><link rel="icon" href="data:,"></head><body><script type="module">
  import { createClient } from './client.js';
  const { base, inbox, session } = ${JSON.stringify(settings)};
  let last = Promise.resolve();
  const tellInTurn = (what, told) => { last = last.then(() => tell(what, told)); };
  const values = new Map();
  const storage = {
    getItem: (key) => key.endsWith(':session') ? JSON.stringify(session) : values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
  const timeouts = { welcomeMs: 2000, retry: { minMs: 50, maxMs: 1000 }, pollSeconds: 3 };
  const client = createClient({ base, inbox, storage, timeouts });
  for (const event of ${JSON.stringify(customerEvents)})
    client.on(event, (data) => tellInTurn('event', { event, data }));
  client.on('reset', () => tellInTurn('reset'));
  client.subscribe(() => client.getState().connection === 'live' && tellInTurn('live'));
  await client.open();
</script></body></html>`;

async function startSite(html: string): Promise<{ url: string; stop(): Promise<void> }> {
  const script = readFileSync(published);
  const server = createServer((request, response) => {
    const isScript = request.url === '/client.js';
    const type = isScript ? 'text/javascript' : 'text/html; charset=utf-8';
    response.writeHead(200, { 'content-type': type }).end(isScript ? script : html);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
