import { describe, expect, it } from 'vitest';
import { defaultWorkingHours } from '../../inboxes/rules.ts';
import { isWorkingTime } from './rules.ts';

/** 2026-03-02 is a Monday; the days from Monday to Friday are open. */
const isOpen = (time: string, open_hour: number, close_hour: number, timezone = 'UTC') => {
  const week = defaultWorkingHours.map((day) => ({ ...day, open_hour, close_hour }));
  return isWorkingTime({ working_hours: JSON.stringify(week), timezone }, Date.parse(`2026-03-${time}Z`));
};

describe('working hours', () => {
  it.each([
    ['02T09:00', 9, 17, true],
    ['02T17:00', 9, 17, false],
    ['02T23:59', 9, 0, true],
    ['03T00:00', 9, 0, false],
    ['02T21:59', 22, 6, false],
    ['02T22:00', 22, 6, true],
    ['03T05:59', 22, 6, true],
    ['03T06:00', 22, 6, false],
    ['07T05:00', 22, 6, true],
    ['07T23:00', 22, 6, false],
    ['02T05:00', 22, 6, false],
  ] as const)('at %s, from %i to %i: %s', (time, opens, closes, open) =>
    expect(isOpen(time, opens, closes)).toBe(open),
  );

  it('are those of the time zone', () => {
    expect(isOpen('02T22:00', 22, 6, 'America/New_York')).toBe(false);
    expect(isOpen('03T03:00', 22, 6, 'America/New_York')).toBe(true);
  });
});
