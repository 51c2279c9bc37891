/** Passwords: argon2 hashes and nothing else. What a good password is, `agents/rules.ts` says. */
import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { newToken } from '../secrets.ts';

export const hashPassword = (password: string): Promise<string> => hash(password);

let decoy: Promise<string> | undefined;

/** Whether the password fits. Without a hash it takes as long and is false, so that time tells nobody who exists. */
export async function isPassword(
  password_hash: string | null | undefined,
  password: string,
): Promise<boolean> {
  decoy ??= hash(newToken());
  // No password is longer than 128 characters: a text of megabytes is not worth its time.
  const fits = await verify(password_hash ?? (await decoy), password.slice(0, 129));
  return fits && Boolean(password_hash);
}

/** A random password that satisfies the rule: 24 characters of base58 and one of each kind. */
export const newPassword = () => `${newToken()}Aa${randomInt(10)}-`;
