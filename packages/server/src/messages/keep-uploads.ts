/** Uploads of a posted message. */
import type { Upload } from '../http/upload.ts';
import type { MessageParts } from './wire.ts';

/**
 * Runs `post`, then marks the uploads that the stored message holds; the others are removed with the request. A repeat shows
 * the files of the first message, so the files that came with the repeat are removed.
 * @param post calls `onStored` with the message inside its transaction; when that runs again, the last call counts
 */
export async function keepUploads<Answer>(
  uploads: readonly Upload[],
  post: (onStored: (parts: MessageParts) => void) => Promise<Answer>,
): Promise<Answer> {
  let keys: (string | null)[] = [];
  const answer = await post(({ attachments }) => {
    keys = attachments.flatMap(({ file_key, thumb_key }) => [file_key, thumb_key]);
  });
  for (const upload of uploads) upload.isUsed = keys.includes(upload.key);
  return answer;
}
