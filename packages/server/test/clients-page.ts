/** A page with our client and the public ones, as their packages ship them, that keeps what each of them hears. */
import { readdirSync, readFileSync } from 'node:fs';
import type { createCable } from '@anycable/web';
import type { Client, createClient } from '@hoory/client';
import type { createConsumer } from '@rails/actioncable';

declare global {
  interface Window {
    clients: {
      createConsumer: typeof createConsumer;
      createCable: typeof createCable;
      createClient: typeof createClient;
    };
    sdk: Client;
    /** Contents of messages by client. */
    heard: { sdk: string[]; anycable: string[]; rails: string[] };
  }
}

const modules = {
  '@anycable/core': 'index.js',
  '@anycable/web': 'index.js',
  '@rails/actioncable': 'app/assets/javascripts/actioncable.esm.js',
  nanoevents: 'index.js',
};

const imports = Object.fromEntries(Object.entries(modules).map(([name, path]) => [name, `/${name}/${path}`]));

const html = `<!doctype html>
<html lang="en"><head><title>Page</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script></head><body><script type="module">
  import { createCable } from '@anycable/web';
  import { createConsumer } from '@rails/actioncable';
  import { createClient } from '/client.js';
  window.heard = { sdk: [], anycable: [], rails: [] };
  window.clients = { createCable, createConsumer, createClient };
</script></body></html>`;

/** The page at `/` and its modules, for `startSite`. */
export function clientsPage(): Record<string, string> {
  const pages: Record<string, string> = {
    '/': html,
    '/client.js': readFileSync(new URL('../../sdk/dist/index.js', import.meta.url), 'utf8'),
  };
  for (const name of Object.keys(modules)) {
    const folder = new URL(`../../../node_modules/${name}/`, import.meta.url);
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (path.endsWith('.js')) pages[`/${name}/${path}`] = readFileSync(new URL(path, folder), 'utf8');
  }
  return pages;
}

// The functions below run on the page: they use nothing of this file.

/** Opens our client, which says `message 0`. */
export async function openSdk(options: { base: string; inbox: string }): Promise<void> {
  const timeouts = { welcomeMs: 2000, retry: { minMs: 50, maxMs: 500 }, readDelayMs: 10 };
  window.sdk = window.clients.createClient({ ...options, timeouts });
  window.sdk.on('message.created', ({ content }) => window.heard.sdk.push(`${content}`));
  await window.sdk.open();
  window.sdk.conversation().send('message 0');
}

interface Listener {
  cable: string;
  params: Record<string, string | number>;
}

interface Heard {
  event: string;
  data: { content: string; message_type: number };
}

/** Listens by `@anycable/web`, which resumes. */
export async function listenByAnycable({ cable, params }: Listener): Promise<void> {
  const channel = window.clients
    .createCable(cable, {
      protocol: 'actioncable-v1-ext-json',
      logLevel: 'error',
      // Nothing but the pause between two attempts, which is seconds by itself.
      reconnectStrategy: () => 50,
    })
    .subscribeTo('RoomChannel', params);
  channel.on('message', (message) => {
    const { event, data } = message as unknown as Heard;
    if (event === 'message.created' && data.message_type !== 2) window.heard.anycable.push(data.content);
  });
  await channel.ensureSubscribed();
}

/**
 * Listens by `@rails/actioncable`, which resumes nothing: the page reads the conversation at each connection, and then adds what it hears.
 * @param conversation the address of the conversation for its contact
 */
export async function listenByRails({
  cable,
  params,
  conversation,
}: Listener & { conversation: string }): Promise<void> {
  // Somebody looks at the tab again and again: the client does not wait for its next poll.
  setInterval(() => window.dispatchEvent(new Event('visibilitychange')), 500);
  const shown = window.heard.rails;
  const show = (content: string) => {
    if (!shown.includes(content)) shown.push(content);
  };
  type Row = { id: number; content: string };
  const readPage = async (before: string): Promise<Row[]> => {
    for (;;) {
      const answer = await fetch(`${conversation}/messages${before}`).catch(() => undefined);
      if (answer?.ok) return answer.json();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  /** Heard while the conversation is read. */
  const waiting: string[] = [];
  let readings = 0;
  let reading = Promise.resolve();
  const read = async () => {
    const rows: Row[] = [];
    for (let before = ''; ; before = `?before=${rows[0]?.id}`) {
      const page = await readPage(before);
      rows.unshift(...page);
      if (page.length < 20 || page.some(({ content }) => content === shown.at(-1))) break;
    }
    for (const { content } of rows) show(content);
    if (--readings === 0) for (const content of waiting.splice(0)) show(content);
  };
  await new Promise<void>((resolve) => {
    window.clients.createConsumer(cable).subscriptions.create(
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
}
