import { describe, expect, it } from 'vitest';
import { defaultWorkingHours, type WorkingDay } from '../inboxes/rules.ts';
import { workingTime } from './working-time.ts';

const hour = 3_600_000;

function hoursBetween(
  from: string,
  to: string,
  timezone = 'UTC',
  week: readonly WorkingDay[] = defaultWorkingHours,
) {
  const inbox = { working_hours_enabled: 1, working_hours: JSON.stringify(week), timezone };
  return workingTime(inbox, Date.parse(from), Date.parse(to)) / hour;
}

describe('working time, from Monday to Friday, 9 to 17', () => {
  it.each([
    ['within a day', '2026-03-02T10:00Z', '2026-03-02T12:30Z', 2.5],
    ['from before opening to after closing', '2026-03-02T03:00Z', '2026-03-02T22:00Z', 8],
    ['over a night', '2026-03-02T16:00Z', '2026-03-03T10:00Z', 2],
    ['over a weekend', '2026-03-06T16:00Z', '2026-03-09T10:00Z', 2],
    ['all on a weekend', '2026-03-07T08:00Z', '2026-03-08T20:00Z', 0],
    ['over a week', '2026-03-02T00:00Z', '2026-03-09T00:00Z', 40],
    ['backwards', '2026-03-02T12:00Z', '2026-03-02T10:00Z', 0],
  ])('%s', (_name, from, to, hours) => expect(hoursBetween(from, to)).toBe(hours));

  it('is in the time zone of the inbox', () => {
    expect(hoursBetween('2026-03-02T00:00Z', '2026-03-02T15:00Z', 'America/New_York')).toBe(1);
    expect(hoursBetween('2026-03-01T20:00Z', '2026-03-02T12:00Z', 'Asia/Tokyo')).toBe(8);
    expect(hoursBetween('2026-03-02T04:00Z', '2026-03-02T05:00Z', 'Asia/Kolkata')).toBe(1);
  });

  it('follows a change of the clock', () => {
    const sundays = defaultWorkingHours.map((one) => ({ ...one, closed_all_day: false, open_all_day: true }));
    expect(hoursBetween('2026-03-28T23:00Z', '2026-03-29T22:00Z', 'Europe/Berlin', sundays)).toBe(23);
    expect(hoursBetween('2026-03-27T08:00Z', '2026-03-30T07:30Z', 'Europe/Berlin')).toBe(8.5);
  });
});

it('continues over midnight', () => {
  const at = (open_hour: number, close_hour: number) =>
    defaultWorkingHours.map((one) => ({ ...one, open_hour, close_hour, open_minutes: 0, close_minutes: 0 }));
  expect(hoursBetween('2026-03-02T00:00Z', '2026-03-03T00:00Z', 'UTC', at(9, 0))).toBe(15);
  expect(hoursBetween('2026-03-02T20:00Z', '2026-03-03T08:00Z', 'UTC', at(22, 6))).toBe(8);
  expect(hoursBetween('2026-03-03T01:00Z', '2026-03-03T02:00Z', 'UTC', at(22, 6))).toBe(1);
  // Friday's night ends on Saturday, Sunday has none.
  expect(hoursBetween('2026-03-06T12:00Z', '2026-03-09T12:00Z', 'UTC', at(22, 6))).toBe(8);
  // Two days that overlap.
  expect(hoursBetween('2026-03-03T00:00Z', '2026-03-04T00:00Z', 'UTC', at(10, 9))).toBe(23);
});

it('is all time for an inbox without working hours', () => {
  const inbox = {
    working_hours_enabled: 0,
    working_hours: JSON.stringify(defaultWorkingHours),
    timezone: 'UTC',
  };
  expect(workingTime(inbox, 0, 100 * hour)).toBe(100 * hour);
});
