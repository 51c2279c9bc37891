/** Conversion of stored times to the wire (client-api.md section 1.3, application-api.md section 1.2), and clocks of time zones. */

/** Unix seconds, rounded down; 0 for null, which is never. */
export const toUnix = (ms: number | null): number => (ms === null ? 0 : Math.floor(ms / 1000));

export const toIso = (ms: number): string => new Date(ms).toISOString();

export const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));

/** Converts between UTC and the local time of a time zone. Local time is in milliseconds since the local beginning of 1970. */
export interface Clock {
  toLocal(utc: number): number;
  /**
   * The first time at which the clock shows `local`. For a local time that the clock skips, the time by the offset before the skip.
   */
  toUtc(local: number): number;
}

/** A clock with the same offset to UTC, in milliseconds, at all times. */
export const fixedClock = (offset: number): Clock => ({
  toLocal: (utc) => utc + offset,
  toUtc: (local) => local - offset,
});

const minute = 60_000;
/** A day without a change to or from summer time. */
export const dayMs = 24 * 60 * minute;

/** The clock of a time zone. @throws RangeError for a name that is not an IANA time zone */
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
    // The offsets a day before and a day after differ near a change of the clock. Try both, and take the earlier time at which
    // the clock has reached `local`.
    toUtc: (local) => {
      const [before, after] = [local - offsetAt(local - dayMs), local - offsetAt(local + dayMs)];
      const [first, last] = before < after ? [before, after] : [after, before];
      return first + offsetAt(first) >= local ? first : last;
    },
  };
}

/** A date, or a date with a time, read from text. */
export interface ParsedTime {
  /** Local time, as in `Clock`. */
  local: number;
  hasTime: boolean;
  /** Milliseconds since 1970 in UTC, when the text has a zone. */
  utc: number | undefined;
}

/** Reads a date or a time in ISO 8601 form; undefined for other text, and for a date that does not exist. */
export function readIso(text: string): ParsedTime | undefined {
  const [, day = '', time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text) ?? [];
  const local = Date.parse(`${day}T${time ?? '00:00'}Z`);
  const midnight = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(local) || !toIso(midnight).startsWith(day)) return undefined;
  const utc = zone ? Date.parse(`${day}T${time}${zone}`) : undefined;
  return Number.isNaN(utc) ? undefined : { local, hasTime: time !== undefined, utc };
}
