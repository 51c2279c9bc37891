/** Decisions about agents without I/O. */
import type { Availability } from '@hoory/contract';
import { invalid } from '../errors.ts';
import { toKey } from '../text.ts';

export type Role = 'administrator' | 'agent';

/** `available` is another word for `online` (application-api.md section 8). */
export type AvailabilityInput = Availability | 'available';

export const toAvailability = (word: AvailabilityInput): Availability =>
  word === 'available' ? 'online' : word;

/**
 * An e-mail address as it is stored: lower case, without surrounding blanks, at most 255 characters.
 * @throws invalid 422 on `email` for a blank text, and one that is not an address
 */
export function toEmail(text: string | undefined): string {
  const email = toKey(text ?? '');
  if (!email) throw invalid('email', "Email can't be blank");
  if (!/^[^@\s]+@[^@\s]+$/.test(email) || email.length > 255) throw invalid('email', 'Email is invalid');
  return email;
}

/** The trimmed name; without one, the part of the e-mail address before the @. */
export function nameOrMailbox(name: string | undefined, email: string): string {
  const [mailbox = email] = email.split('@');
  return name?.trim() || mailbox;
}

/**
 * Requires 6 to 128 characters with upper case, lower case, digit and special character (application-api.md section 6.1).
 * @throws invalid 422 on `password`
 */
export function requireStrong(password: string): void {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\p{N}]/u];
  if (password.length < 6 || password.length > 128 || !kinds.every((kind) => kind.test(password)))
    throw invalid(
      'password',
      'Password must have 6 to 128 characters with an upper case letter, a lower case letter, a digit and a special character',
    );
}
