/** Converts the input of agents into columns of a contact, and checks that its unique values are free. */
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import { Refusal } from '../errors.ts';
import { readBase, toFreeForm } from '../free-form.ts';
import { toContactEmail, toTrimmedText } from './rules.ts';
import { type ContactKey, contactKeys, findContactBy } from './store.ts';

export interface PersonInput {
  name?: string | null;
  email?: string | null;
  phone_number?: string | null;
  identifier?: string | null;
  blocked?: boolean;
  additional_attributes?: Record<string, unknown>;
  custom_attributes?: Record<string, unknown>;
}

/**
 * The columns that the input sets. A blank text clears a column; the two attribute objects are merged into those of `stored`, at
 * the first level only.
 * @throws invalid 422 for attributes that exceed the bounds after merging
 */
export function toContactColumns(input: PersonInput, stored?: ContactRow): Partial<ContactRow> {
  const merged = (key: 'additional_attributes' | 'custom_attributes') =>
    input[key] && { [key]: toFreeForm(key, { ...readBase(stored?.[key] ?? '{}'), ...input[key] }) };
  const { name, email, phone_number, identifier, blocked } = input;
  return {
    ...(name !== undefined && { name: toTrimmedText(name) ?? '' }),
    ...(email !== undefined && { email: toContactEmail(email) ?? null }),
    ...(phone_number !== undefined && { phone_number: toTrimmedText(phone_number) ?? null }),
    ...(identifier !== undefined && { identifier: toTrimmedText(identifier) ?? null }),
    ...(blocked !== undefined && { blocked: blocked ? 1 : 0 }),
    ...merged('additional_attributes'),
    ...merged('custom_attributes'),
  };
}

const titles: Record<ContactKey, string> = {
  email: 'Email',
  phone_number: 'Phone number',
  identifier: 'Identifier',
};

/** @throws invalid 422 with all fields whose value another contact of the account has */
export async function requireUniqueValuesFree(
  tx: Tx,
  account_id: number,
  contact: Partial<ContactRow>,
): Promise<void> {
  const taken: ContactKey[] = [];
  for (const key of contactKeys) {
    const value = contact[key];
    const owner = value ? await findContactBy(tx, account_id, key, value) : undefined;
    if (owner && owner.id !== contact.id) taken.push(key);
  }
  if (taken.length)
    throw new Refusal('invalid', taken.map((key) => `${titles[key]} has already been taken`).join(', '), {
      attributes: taken,
    });
}
