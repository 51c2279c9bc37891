/** Decisions about contacts without I/O. */

import { randomInt } from 'node:crypto';
import { own } from '@hoory/contract';
import type { ContactRow } from '../db/tables.ts';
import { isWebAddress } from '../outgoing/web-address.ts';

const adjectives = [
  'quiet',
  'bright',
  'gentle',
  'brave',
  'misty',
  'golden',
  'silent',
  'wild',
  'calm',
  'swift',
  'amber',
  'frosty',
];
const nouns = [
  'river',
  'meadow',
  'harbor',
  'falcon',
  'forest',
  'summit',
  'comet',
  'island',
  'willow',
  'canyon',
  'ember',
  'brook',
];

/** A name for somebody who gave none: `adjective-noun-number`, number below 1000 (client-api.md 5.2). */
export const generatedName = () =>
  `${adjectives[randomInt(adjectives.length)]}-${nouns[randomInt(nouns.length)]}-${randomInt(1000)}`;

/** A visitor who leaves an email or a phone becomes a lead (client-api.md 2.2). */
export function contactTypeOf(
  contact: Pick<ContactRow, 'contact_type' | 'email' | 'phone_number'>,
): ContactRow['contact_type'] {
  return contact.contact_type === 'visitor' && (contact.email || contact.phone_number)
    ? 'lead'
    : contact.contact_type;
}

/** Blank and absent are the same; the rest is trimmed. */
export function toTrimmedText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

export const toContactEmail = (value: unknown) => toTrimmedText(value)?.toLowerCase().normalize('NFC');

/** The address of a picture; null for what is no http(s) address. */
export function toAvatarUrl(value: unknown): string | null {
  const text = toTrimmedText(value);
  return text !== undefined && isWebAddress(text) ? text : null;
}

/**
 * Objects merged at every level; a key can be set, not removed (client-api.md 5.4). Both sides are within the bounds of
 * free-form objects, so the recursion ends after their few levels.
 */
export function deepMerge(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = own(merged, key);
    merged[key] = isObject(under) && isObject(value) ? deepMerge(under, value) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Under which name the picture of a contact is kept. */
export const pictureOwner = (id: number): string => `contact:${id}`;
