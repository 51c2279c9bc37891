/** Stored milliseconds to the forms of the wire (client-api.md section 1.3, application-api.md section 1.2), and clocks of time zones. */

/** Unix seconds, 0 for never. */
export const toUnix = (ms: number | null): number => (ms === null ? 0 : Math.floor(ms / 1000));

export const toIso = (ms: number): string => new Date(ms).toISOString();

export const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));

/** What a clock shows at a time, as milliseconds of a clock that showed 0 at the beginning of 1970, and back. */
export interface Clock {
  toLocal(utc: number): number;
  /** The time at which the clock shows it; where it is set forward over it, the time an hour later or earlier. */
  toUtc(local: number): number;
}

/** A clock that is ahead of UTC by as many milliseconds at all times. */
export const fixedClock = (offset: number): Clock => ({
  toLocal: (utc) => utc + offset,
  toUtc: (local) => local - offset,
});

const minute = 60_000;

/** The clock of a time zone. @throws RangeError for a name that is not IANA's */
export function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const offsetAt = (time: number): number => {
    const whole = Math.floor(time / minute) * minute;
    const parts = Object.fromEntries(
      format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minutes) - whole;
  };
  return {
    toLocal: (utc) => utc + offsetAt(utc),
    // The offset before and the one after a change of the clock: the second guess is right but for the lost hour itself.
    toUtc: (local) => local - offsetAt(local - offsetAt(local)),
  };
}
