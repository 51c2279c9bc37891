/**
 * Pictures of contacts at addresses that callers sent: queued, fetched in the background and stored here, so that the browsers of
 * agents never load foreign addresses.
 */
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

/** On this node. */
const maxParallelFetches = 8;

export interface AvatarRequest {
  contact: Pick<ContactRow, 'id' | 'account_id'>;
  /** As the caller sent it; ignored unless it is an http or https address. */
  avatar_url: string | undefined;
  /** Whether the picture replaces a current one, which agents may do and customers not (client-api.md 5.4). */
  replaces: boolean;
}

/** Queues the fetch of a picture, which begins after `tx` has committed. Replaces an earlier request of the same contact. */
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

/** Fetches the queued pictures, `maxParallelFetches` at a time. A failed fetch is not retried and leaves the contact as it was. */
export async function fetchAvatars(app: App): Promise<void> {
  while (await hasAvatarRequests(app.db)) {
    const requests = await app.db.write(takeAvatarRequests);
    await Promise.all(requests.map((request) => fetchAvatar(app, request)));
  }
}

/** Called every second: a read, because `takeAvatarRequests` would be a write transaction each time. */
const hasAvatarRequests = async (db: Sql): Promise<boolean> =>
  (await db.get(db.q.selectFrom('avatar_wishes').select('contact_id').limit(1))) !== undefined;

/** Deletes requests before they are tried: a picture that crashes the server does so once only. */
function takeAvatarRequests(tx: Tx): Promise<AvatarWishRow[]> {
  const next = tx.q
    .selectFrom('avatar_wishes')
    .select('contact_id')
    .orderBy('contact_id')
    .limit(maxParallelFetches);
  return tx.all(tx.q.deleteFrom('avatar_wishes').where('contact_id', 'in', next).returningAll());
}

/** Fetches and stores one picture. Never throws: errors are logged. */
async function fetchAvatar(app: App, request: AvatarWishRow): Promise<void> {
  const uploads: Upload[] = [];
  try {
    uploads.push(await fetchFile(app, request.url, Math.min(maxPictureBytes, app.config.maxFile)));
    const picture = await readPicture(app, uploads);
    if (!picture) return;
    await app.db.write(async (tx) => {
      const before = await lockContact(tx, request.account_id, request.contact_id);
      if (!before || (before.avatar_url !== null && !request.replaces)) return;
      const { account_id, id } = before;
      const avatar_url = await storePicture(app, tx, { account_id, owner: pictureOwner(id) }, picture);
      const contact = await updateContactRow(app, tx, before, { avatar_url });
      await emitContact(app, tx, { event: 'contact.updated', contact, before });
    });
  } catch (err) {
    if (isOutcomeUnknown(err)) uploads.length = 0;
    app.log.debug({ err, contact: request.contact_id }, 'the picture of a contact could not be fetched');
  } finally {
    await discardUnused(app, uploads);
  }
}
