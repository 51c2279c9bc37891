/** Decisions about contacts without I/O. */

import { randomInt } from 'node:crypto';
import { own } from '@hoory/contract';
import type { ContactRow } from '../db/tables.ts';
import { isObject } from '../json-text.ts';
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

/** A name for a contact without one: `adjective-noun-number`, number below 1000 (client-api.md 5.2). */
export const generatedName = () =>
  `${adjectives[randomInt(adjectives.length)]}-${nouns[randomInt(nouns.length)]}-${randomInt(1000)}`;

/** A visitor with an e-mail or phone number is a lead (client-api.md 2.2). */
export function contactTypeOf(
  contact: Pick<ContactRow, 'contact_type' | 'email' | 'phone_number'>,
): ContactRow['contact_type'] {
  return contact.contact_type === 'visitor' && (contact.email || contact.phone_number)
    ? 'lead'
    : contact.contact_type;
}

/** The trimmed text; undefined for a blank text and for any other value. */
export function toTrimmedText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

export const toContactEmail = (value: unknown) => toTrimmedText(value)?.toLowerCase().normalize('NFC');

/** The address of a picture; null unless it is an http or https address. */
export function toAvatarUrl(value: unknown): string | null {
  const text = toTrimmedText(value);
  return text !== undefined && isWebAddress(text) ? text : null;
}

/**
 * Merges objects at every level; keys are set, never removed (client-api.md 5.4). Both are within the bounds of free-form objects,
 * which limits the recursion to their few levels.
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

/** The owner's name of a contact's picture, in the table `blobs`. */
export const pictureOwner = (id: number): string => `contact:${id}`;
