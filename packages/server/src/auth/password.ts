/** Hashes passwords with argon2 and verifies them; `agents/rules.ts` decides which passwords are strong enough. */
import { randomInt } from 'node:crypto';
import { newToken } from '../secrets.ts';

/** Imported at the first use: most processes never see a password. */
const argon2 = () => import('@node-rs/argon2');

export const hashPassword = async (password: string): Promise<string> => (await argon2()).hash(password);

let decoy: Promise<string> | undefined;

/**
 * Whether the password has this hash. Without a hash it verifies a decoy, so that the response time does not reveal who has a user.
 */
export async function isPassword(
  password_hash: string | null | undefined,
  password: string,
): Promise<boolean> {
  decoy ??= hashPassword(newToken());
  // No password is longer than 128 characters. The cut saves hashing a text of megabytes, and leaves it too long to match.
  const isMatch = await (await argon2()).verify(password_hash ?? (await decoy), password.slice(0, 129));
  return isMatch && Boolean(password_hash);
}

/** A random password that `requireStrong` accepts: 24 characters of base58 and one of each required kind. */
export const newPassword = () => `${newToken()}Aa${randomInt(10)}-`;
