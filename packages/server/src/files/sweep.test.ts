/** Files that nobody names any more, and those that must stay. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientApiServer, startClientApiServer } from '../../test/fixtures/client-api-server.ts';
import { engines } from '../../test/server.ts';
import { newUuid } from '../secrets.ts';
import { openSweep } from './sweep.ts';

describe.each(engines)('the sweep of files on %s', (engine) => {
  let server: ClientApiServer;
  beforeAll(async () => {
    server = await startClientApiServer({ engine });
  });
  afterAll(() => server.stop());

  /** Writes a file into the store as an upload would, last changed so many minutes ago. */
  function leave(name: string, minutes: number): string {
    const path = join(server.config.data, 'files', name.slice(0, 2), name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'bytes');
    const time = new Date(server.app.now() - minutes * 60_000);
    utimesSync(path, time, time);
    return path;
  }

  async function sweepAll(): Promise<void> {
    const sweep = openSweep(server.app);
    for (let folder = 0; folder < 256; folder++) await sweep();
  }

  it('removes files of a broken upload, and no file that may still get a row', async () => {
    const { place } = await server.createConversation();
    const body = new FormData();
    body.append('attachments[]', new Blob(['a note'], { type: 'text/plain' }), 'note.txt');
    const url = `${server.baseUrl}/contacts/${place.contact_identifier}/conversations/${place.conversation_id}/messages`;
    const message = (await (await fetch(url, { method: 'POST', body })).json()) as {
      attachments: { data_url: string }[];
    };
    const { app } = server;
    const [row] = await app.db.all(app.db.q.selectFrom('attachments').select('file_key'));
    const stored = leave(row?.file_key as string, 600);
    const picture = newUuid();
    const kept = [stored, leave(picture, 600)];
    await app.db.write(async (tx) => {
      const [id] = (await tx.nextIds('blobs', 1)) as [number];
      const file = { file_name: 'a.webp', content_type: 'image/webp', file_size: 5, created_at: 1 };
      await tx.insertMany('blobs', [{ id, account_id: null, owner: 'user:1', file_key: picture, ...file }]);
    });
    const left = [leave(newUuid(), 61), leave(`${newUuid()}.part`, 61)];
    const young = [leave(newUuid(), 59), leave(`${newUuid()}.part`, 59)];
    await sweepAll();
    expect(left.filter(existsSync)).toEqual([]);
    expect(young.filter(existsSync)).toEqual(young);
    expect(kept.filter(existsSync)).toEqual(kept);
    expect((await fetch(message.attachments[0]?.data_url as string)).status).toBe(200);
  });

  it('removes uploads that no message has used for a day', async () => {
    const { app } = server;
    const now = app.now();
    const keys = [newUuid(), newUuid()] as [string, string];
    for (const key of keys) leave(key, 0);
    await app.db.write(async (tx) => {
      const ids = await tx.nextIds('blobs', 2);
      const file = { file_name: 'a.txt', content_type: 'text/plain', file_size: 5 };
      const ages = [86_400_000, 86_340_000];
      const rows = keys.map((file_key, index) => ({
        ...file,
        id: ids[index] as number,
        account_id: null,
        owner: null,
        file_key,
        created_at: now - (ages[index] as number),
      }));
      await tx.insertMany('blobs', rows);
    });
    await openSweep(app)();
    expect(await Promise.all(keys.map((key) => app.files.sizeOf(key)))).toEqual([undefined, 5]);
  });
});
