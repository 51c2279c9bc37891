/** Validation of time zones, and the clock of an account's time zone. */
import type { AccountRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { readFreeForm } from '../free-form.ts';
import { type Clock, clockOf, fixedClock } from '../time.ts';

const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** @throws invalid 422 on `timezone` when the name is not an IANA time zone */
export function toTimezone(name: string): string {
  if (!isTimezone(name)) throw invalid('timezone', `Timezone ${name} is not a known time zone`);
  return name;
}

/** The clock of the account's `timezone`; UTC without one, and for an unknown one, which older versions stored unchecked. */
export function clockOfAccount({ custom_attributes }: Pick<AccountRow, 'custom_attributes'>): Clock {
  const { timezone } = readFreeForm(custom_attributes);
  return typeof timezone === 'string' && isTimezone(timezone) ? clockOf(timezone) : fixedClock(0);
}
