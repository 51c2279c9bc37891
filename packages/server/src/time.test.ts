/** Clocks of time zones near the days on which they are changed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOf, dayMs, readIso, toIso } from './time.ts';

/** Changed at two, at one, at midnight forward and back, by half an hour, or never. */
const zones =
  'Europe/Berlin America/New_York America/Santiago Africa/Cairo Asia/Beirut Asia/Gaza America/Havana Atlantic/Azores Australia/Lord_Howe Asia/Kathmandu Pacific/Kiritimati UTC'.split(
    ' ',
  );
const minute = 60_000;

describe('the clock of a time zone', () => {
  it('finds the first minute of any day', () => {
    const midnight = fc.integer({ min: 0, max: 15 * 366 }).map((day) => Date.UTC(2015, 0) + day * dayMs);
    fc.assert(
      fc.property(fc.constantFrom(...zones), midnight, (zone, local) => {
        const { toLocal, toUtc } = clockOf(zone);
        const start = toUtc(local);
        expect(toLocal(start - minute)).toBeLessThan(local);
        expect(toLocal(start)).toBeGreaterThanOrEqual(local);
        expect(toLocal(start)).toBeLessThan(local + 2 * 60 * minute);
      }),
      {
        numRuns: 500,
        examples: zones.flatMap((zone) => changesOf(zone).map((day): [string, number] => [zone, day])),
      },
    );
  });

  it('converts each local time back to a time that shows it', () => {
    const anyMinute = fc.integer({ min: 0, max: 8_000_000 }).map((at) => Date.UTC(2015, 0) + at * minute);
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyMinute, (zone, utc) => {
        const { toLocal, toUtc } = clockOf(zone);
        const local = toLocal(utc);
        expect(toLocal(toUtc(local))).toBe(local);
        expect(toUtc(local)).toBeLessThanOrEqual(utc);
      }),
    );
  });
});

/** The days of 2026 that are not 24 hours long, and their neighbours, as local midnights. */
function changesOf(zone: string): number[] {
  const { toLocal } = clockOf(zone);
  const noons = Array.from({ length: 365 }, (_, day) => Date.UTC(2026, 0, 1, 12) + day * dayMs);
  const shifted = noons.filter((noon) => toLocal(noon) - noon !== toLocal(noon - dayMs) - (noon - dayMs));
  return shifted.flatMap((noon) => [-1, 0, 1].map((by) => Math.floor(noon / dayMs + by) * dayMs));
}

describe('a written time', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z', undefined],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', undefined],
    ['2026-03-01T10:30', '2026-03-01T10:30:00.000Z', undefined],
    ['2026-03-01 10:30:15.5', '2026-03-01T10:30:15.500Z', undefined],
    ['2026-03-01T10:30:00+0200', '2026-03-01T10:30:00.000Z', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01T10:30Z', '2026-03-01T10:30:00.000Z', '2026-03-01T10:30:00.000Z'],
  ])('%s is read', (text, local, utc) => {
    const read = readIso(text);
    expect(read && toIso(read.local)).toBe(local);
    expect(read?.utc === undefined ? undefined : toIso(read.utc)).toBe(utc);
  });

  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-3-1',
    '01.03.2026',
    '2026-03-01T25:00',
    '2026-03-01T10:00+99:99',
    'soon',
    '',
  ])('%s is none', (text) => expect(readIso(text)).toBeUndefined());
});
