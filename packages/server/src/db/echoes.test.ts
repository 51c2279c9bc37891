/** Messages found again by their echo keys: in memory, in the index, and by the server after this one. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../../test/client-api/shop.ts';
import { engines } from '../../test/server.ts';
import { type Echo, type Echoes, openEchoes } from './echoes.ts';
import type { MessageRow } from './tables.ts';

describe.each(engines)('echo keys on %s', (engine) => {
  let shop: Shop;
  let conversation: { id: number };
  beforeEach(async () => {
    shop = await openShop({ engine });
    const { place } = await shop.talk();
    await shop.post(place, { content: 'Hello' });
    const { db } = shop.app;
    [conversation] = (await db.all(db.q.selectFrom('conversations').select('id'))) as [{ id: number }];
  });
  afterEach(() => shop.stop());

  const open = (most: number, onError: (error: unknown) => void = (error) => expect.fail(String(error))) =>
    openEchoes(shop.app.db, onError, { most, portion: 3 });

  const find = (echoes: Echoes, keys: readonly string[], id = conversation.id) =>
    shop.app.db.write(async (tx) => {
      const asked = keys.map((key): Echo => [id, key]);
      return (await echoes.find(tx, asked)).map(({ echo_key }) => echo_key).sort();
    });

  /** Writes messages with these keys, as the message path does. */
  const write = (echoes: Echoes, keys: readonly (string | null)[]) =>
    shop.app.db.write(async (tx) => {
      await echoes.find(tx, []);
      const { id: _id, ...like } = (await tx.get(tx.q.selectFrom('messages').selectAll())) as MessageRow;
      const ids = await tx.nextIds('messages', keys.length);
      const rows = keys.map((echo_key, index) => ({
        ...like,
        id: ids[index] as number,
        conversation_id: conversation.id,
        echo_key,
      }));
      await tx.insertMany('messages', rows);
      echoes.remember(tx, rows);
    });

  const keys = Array.from({ length: 20 }, (_, index) => `c:${(index * 7) % 20}`);

  it('find what was written, before and after it is moved, and nothing else', async () => {
    const echoes = open(8);
    for (let start = 0; start < keys.length; start += 5) {
      await write(echoes, [...keys.slice(start, start + 5), null]);
      expect(await find(echoes, [...keys, 'c:x'])).toEqual(keys.slice(0, start + 5).sort());
    }
    await echoes.idle();
    expect(await find(echoes, [...keys, 'c:x'])).toEqual([...keys].sort());
    expect(await find(echoes, keys, conversation.id + 1)).toEqual([]);
  });

  it('are known to the next server, moved or not', async () => {
    const before = open(8);
    for (const key of keys) await write(before, [key]);
    await before.idle();
    if (engine === 'sqlite')
      expect(await shop.app.db.all(sql`select echo_key from message_echoes`)).not.toEqual([]);
    await write(before, ['c:last']);
    expect(await find(open(8), [...keys, 'c:last'])).toEqual([...keys, 'c:last'].sort());
  });

  it('are not kept of a transaction that fails', async () => {
    const echoes = open(8);
    await find(echoes, []);
    const failed = shop.app.db.write(async (tx) => {
      echoes.remember(tx, [{ id: 1, conversation_id: conversation.id, echo_key: 'c:gone' } as MessageRow]);
      throw new Error('broken');
    });
    await expect(failed).rejects.toThrow('broken');
    expect(await find(echoes, ['c:gone'])).toEqual([]);
  });

  it('go with their conversation', async () => {
    const echoes = open(8);
    for (const key of keys) await write(echoes, [key]);
    await echoes.idle();
    await write(echoes, ['c:recent']);
    const { db } = shop.app;
    await db.run(db.q.deleteFrom('conversations').where('id', '=', conversation.id));
    expect(await find(echoes, [...keys, 'c:recent'])).toEqual([]);
  });
});
