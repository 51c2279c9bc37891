/** Pictures of contacts at addresses that callers gave: fetched later and kept here, so that nobody's browser goes there. */
import type { App } from '../app.ts';
import { isOutcomeUnknown } from '../db/database-failed.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { AvatarWishRow, ContactRow } from '../db/tables.ts';
import { maxPictureBytes, readPicture, storePicture } from '../files/blobs.ts';
import { discardUnused } from '../files/discard.ts';
import { fetchFile } from '../files/fetch.ts';
import type { Upload } from '../http/upload.ts';
import { lockContact } from './agent-store.ts';
import { emitContact } from './events.ts';
import { pictureOwner, toAvatarUrl } from './rules.ts';
import { updateContactRow } from './store.ts';

/** Fetched at once on this node. */
const maxParallelFetches = 8;

export interface AvatarRequest {
  contact: Pick<ContactRow, 'id' | 'account_id'>;
  /** What the caller gave; nothing follows from what is no http(s) address. */
  avatar_url: string | undefined;
  /** Agents replace a picture, customers only give one to who has none (client-api.md 5.4). */
  replaces: boolean;
}

/** Remembers to fetch a picture after this transaction. A later wish for the same contact takes the place of an earlier one. */
export async function requestAvatar(tx: Tx, { contact, avatar_url, replaces }: AvatarRequest): Promise<void> {
  const url = toAvatarUrl(avatar_url);
  if (url === null) return;
  const row = { url, replaces: replaces ? 1 : 0 };
  await tx.run(
    tx.q
      .insertInto('avatar_wishes')
      .values({ contact_id: contact.id, account_id: contact.account_id, ...row })
      .onConflict((conflict) => conflict.column('contact_id').doUpdateSet(row)),
  );
}

/** Fetches what is wished for, a few at a time. What cannot be fetched or is no picture leaves none, and is not tried again. */
export async function fetchAvatars(app: App): Promise<void> {
  while (await hasAvatarRequests(app.db)) {
    const wishes = await app.db.write(takeAvatarRequests);
    await Promise.all(wishes.map((wish) => fetchAvatar(app, wish)));
  }
}

/** Asked every second: a read, where taking would be a write. */
const hasAvatarRequests = async (db: Sql): Promise<boolean> =>
  (await db.get(db.q.selectFrom('avatar_wishes').select('contact_id').limit(1))) !== undefined;

/** Taken before they are tried: an address that kills the server does so once. */
function takeAvatarRequests(tx: Tx): Promise<AvatarWishRow[]> {
  const some = tx.q
    .selectFrom('avatar_wishes')
    .select('contact_id')
    .orderBy('contact_id')
    .limit(maxParallelFetches);
  return tx.all(tx.q.deleteFrom('avatar_wishes').where('contact_id', 'in', some).returningAll());
}

async function fetchAvatar(app: App, wish: AvatarWishRow): Promise<void> {
  const uploads: Upload[] = [];
  try {
    uploads.push(await fetchFile(app, wish.url, Math.min(maxPictureBytes, app.config.maxFile)));
    const picture = await readPicture(app, uploads);
    if (!picture) return;
    await app.db.write(async (tx) => {
      const before = await lockContact(tx, wish.account_id, wish.contact_id);
      if (!before || (before.avatar_url !== null && !wish.replaces)) return;
      const { account_id, id } = before;
      const avatar_url = await storePicture(app, tx, { account_id, owner: pictureOwner(id) }, picture);
      const contact = await updateContactRow(app, tx, before, { avatar_url });
      await emitContact(app, tx, { event: 'contact.updated', contact, before });
    });
  } catch (err) {
    if (isOutcomeUnknown(err)) uploads.length = 0;
    app.log.debug({ err, contact: wish.contact_id }, 'a picture of a contact could not be fetched');
  } finally {
    await discardUnused(app, uploads);
  }
}
