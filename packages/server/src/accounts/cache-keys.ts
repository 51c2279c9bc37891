/** Time of the last change of each list of an account: clients cache a list until its key changes (cable.md section C.4). */
import type { CacheKeys } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { forUpdate } from '../db/dialect.ts';
import type { AccountRow } from '../db/tables.ts';
import { emit, streamOf } from '../events/emit.ts';
import { readObject } from '../stored-json.ts';

type CachedList = keyof CacheKeys;

type StoredKeys = Partial<Record<CachedList, number>>;

const cachedLists: readonly CachedList[] = ['label', 'inbox', 'team'];

function readKeys(json: string): StoredKeys {
  const stored = readObject(json);
  const keys: StoredKeys = {};
  for (const list of cachedLists) {
    const key = stored[list];
    if (typeof key === 'number') keys[list] = key;
  }
  return keys;
}

/** Ten-digit unix seconds of each list's last change; `0000000000` for never. */
export function cacheKeysOf({ cache_keys }: Pick<AccountRow, 'cache_keys'>): CacheKeys {
  const stored = readKeys(cache_keys);
  const keyOf = (list: CachedList) => String(stored[list] ?? 0).padStart(10, '0');
  return { label: keyOf('label'), inbox: keyOf('inbox'), team: keyOf('team') };
}

/**
 * Gives the list a new key and emits `account.cache_invalidated` to every agent of the account. Locks the account's row until
 * `tx` ends, so keys of concurrent changes differ too.
 */
export async function bumpCacheKey(
  app: App,
  tx: Tx,
  { account_id, list }: { account_id: number; list: CachedList },
): Promise<void> {
  const row = await tx.get(
    sql<AccountRow>`select cache_keys from accounts where id = ${account_id} ${forUpdate(tx)}`,
  );
  const stored = readKeys(row?.cache_keys ?? '{}');
  // Two changes within one second must not share a key, or clients would miss the second.
  const key = Math.max(Math.floor(app.now() / 1000), (stored[list] ?? 0) + 1);
  const cache_keys = JSON.stringify({ ...stored, [list]: key });
  await tx.run(tx.q.updateTable('accounts').set({ cache_keys }).where('id', '=', account_id));
  emit(tx, 'account.cache_invalidated', [
    {
      streams: [streamOf.account(account_id)],
      data: { cache_keys: cacheKeysOf({ cache_keys }), account_id },
    },
  ]);
}
