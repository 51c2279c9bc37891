/** Stored milliseconds to the forms of the wire (client-api.md section 1.3, application-api.md section 1.2), and clocks of time zones. */

/** Unix seconds, 0 for never. */
export const toUnix = (ms: number | null): number => (ms === null ? 0 : Math.floor(ms / 1000));

export const toIso = (ms: number): string => new Date(ms).toISOString();

export const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));

/** What a clock shows at a time, as milliseconds of a clock that showed 0 at the beginning of 1970, and back. */
export interface Clock {
  toLocal(utc: number): number;
  /** The first time at which the clock shows it; where it is set forward over it, the time by the clock before that. */
  toUtc(local: number): number;
}

/** A clock that is ahead of UTC by as many milliseconds at all times. */
export const fixedClock = (offset: number): Clock => ({
  toLocal: (utc) => utc + offset,
  toUtc: (local) => local - offset,
});

const minute = 60_000;
/** Milliseconds of a day without a change of the clock. */
export const dayMs = 24 * 60 * minute;

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
    // By the offset of the day before and of the day after, which differ near a change of the clock: the earlier of both
    // at which the clock already shows that much.
    toUtc: (local) => {
      const [before, after] = [local - offsetAt(local - dayMs), local - offsetAt(local + dayMs)];
      const [first, last] = before < after ? [before, after] : [after, before];
      return first + offsetAt(first) >= local ? first : last;
    },
  };
}

/** A day, or a time of it, as somebody wrote it. */
export interface ParsedTime {
  /** What a clock shows, as `Clock` has it. */
  local: number;
  hasTime: boolean;
  /** The time itself, where its zone is written too. */
  utc: number | undefined;
}

/** Reads a date or a time in ISO form; undefined for anything else, and for a day that no calendar has. */
export function readIso(text: string): ParsedTime | undefined {
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text) ?? [];
  const local = Date.parse(`${day}T${time ?? '00:00'}Z`);
  const midnight = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(local) || !toIso(midnight).startsWith(day as string)) return undefined;
  const utc = zone ? Date.parse(`${day}T${time}${zone}`) : undefined;
  return Number.isNaN(utc) ? undefined : { local, hasTime: time !== undefined, utc };
}
