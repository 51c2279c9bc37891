/** Passwords: argon2 hashes and nothing else. What a good password is, `agents/rules.ts` says. */
import { randomInt } from 'node:crypto';
import { newToken } from '../secrets.ts';

/** Loaded with the first password: most starts see none. */
const argon2 = () => import('@node-rs/argon2');

export const hashPassword = async (password: string): Promise<string> => (await argon2()).hash(password);

let decoy: Promise<string> | undefined;

/** Whether the password fits. Without a hash it takes as long and is false, so that time tells nobody who exists. */
export async function isPassword(
  password_hash: string | null | undefined,
  password: string,
): Promise<boolean> {
  decoy ??= hashPassword(newToken());
  // No password is longer than 128 characters: a text of megabytes is not worth its time.
  const fits = await (await argon2()).verify(password_hash ?? (await decoy), password.slice(0, 129));
  return fits && Boolean(password_hash);
}

/** A random password that satisfies the rule: 24 characters of base58 and one of each kind. */
export const newPassword = () => `${newToken()}Aa${randomInt(10)}-`;
