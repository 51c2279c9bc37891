/** A node that stops beside another one sends its clients there, and refuses nothing that it can still answer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestAccount } from '../../test/fixtures/test-account.ts';
import { base, ext, openRaw } from '../../test/raw-cable.ts';
import { engines, type Fresh, freshConfig, startTestServer } from '../../test/server.ts';
import { type Server, startServer } from '../main.ts';

const socketCount = 20;

describe.runIf(engines.includes('postgres'))('a draining node', { timeout: 60_000 }, () => {
  let fresh: Fresh;
  let stopping: Server;
  let other: Server;

  beforeEach(async () => {
    fresh = await freshConfig('postgres');
    other = await startServer(fresh.config);
    stopping = await startServer(fresh.config);
  });
  afterEach(async () => {
    await stopping.close();
    await other.close();
    await fresh.release();
  });

  it('closes its sockets one after another, so that their clients reconnect', async () => {
    const sockets = Array.from({ length: socketCount }, (_, index) =>
      openRaw(stopping.app.url(), { protocol: index % 2 ? ext : base }),
    );
    await Promise.all(sockets.map((socket) => socket.until(({ type }) => type === 'welcome')));
    const firstClosed = Promise.race(sockets.map(({ closed }) => closed));
    const draining = stopping.drain();
    await firstClosed;
    expect(stopping.cable.connections()).toBeGreaterThan(0);
    await draining;
    const codes = await Promise.all(sockets.map(({ closed }) => closed));
    expect(codes).toEqual(sockets.map((_, index) => (index % 2 ? 1012 : 1000)));
    for (const { frames, ws } of sockets)
      if (ws.protocol === base)
        expect(frames.at(-1)).toEqual({ type: 'disconnect', reason: 'server_restart', reconnect: true });
  });

  it('is left by balancers and refuses new sockets, while it answers requests', async () => {
    const { inbox } = await createTestAccount(stopping.app);
    const draining = stopping.drain();
    const health = await fetch(`${stopping.app.url()}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toEqual({ error: 'This node is stopping; use another one' });
    expect((await fetch(`${other.app.url()}/health`)).status).toBe(200);
    expect(await openRaw(stopping.app.url()).closed).toBe(1006);
    const contacts = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    const answer = await fetch(stopping.app.url() + contacts, { method: 'POST' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
    await draining;
  });
});

it('leaves its clients to the close when it is the only node', async () => {
  const server = await startTestServer();
  const socket = openRaw(server.url);
  await socket.until(({ type }) => type === 'welcome');
  await server.drain();
  expect(server.cable.connections()).toBe(1);
  await server.stop();
  expect(await socket.closed).toBe(1000);
});
