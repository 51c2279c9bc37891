/** A change of access is handled once it is certain that later ones will be, even when the first read is slow or fails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { App } from '../app.ts';
import { emitAccessChanges, followAccessChanges } from './access.ts';
import type { AccessChange } from './logged-events.ts';

describe.each(engines)('a follower of access changes on %s', (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer({ engine });
  });
  afterEach(() => server.stop());

  const change: AccessChange = { user_id: 7 };
  const makeChange = () => server.app.db.write(async (tx) => emitAccessChanges(tx, [change]));

  /** The server's app, with `before` called ahead of each read of several rows. */
  function beforeReads(before: () => Promise<void>): App {
    const db: App['db'] = Object.create(server.app.db, {
      all: {
        value: async (query: Parameters<App['db']['all']>[0]) => {
          const rows = await server.app.db.all(query);
          await before();
          return rows;
        },
      },
    });
    return { ...server.app, db };
  }

  it('has started only when its first read has ended, and handles each change after that', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const handled: AccessChange[] = [];
    const follower = followAccessChanges(
      beforeReads(() => released),
      (one) => handled.push(one),
    );
    let isStarted = false;
    const started = follower.started().then(() => {
      isStarted = true;
    });
    await makeChange();
    expect(isStarted).toBe(false);
    release();
    await started;
    await makeChange();
    await follower.readNew();
    follower.stop();
    expect(handled.length).toBeGreaterThanOrEqual(1);
  });

  it('starts at the next call when the first read failed', async () => {
    let failures = 1;
    const handled: AccessChange[] = [];
    const app = beforeReads(async () => {
      if (failures-- > 0) throw new Error('the connection broke');
    });
    const follower = followAccessChanges(app, (one) => handled.push(one));
    await expect(follower.started()).rejects.toThrow('the connection broke');
    await follower.started();
    await makeChange();
    await follower.readNew();
    follower.stop();
    expect(handled).toEqual([change]);
  });
});
