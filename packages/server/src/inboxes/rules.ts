/** Decisions about inboxes without I/O: validation of fields, opening hours, access. */
import type { IdentityPolicy } from '@hoory/contract';
import type { AgentCaller } from '../caller.ts';
import { columnNames } from '../db/column-names.ts';
import type { InboxRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { isObject } from '../json-text.ts';
import { isWebAddress } from '../outgoing/web-address.ts';
import { findText } from '../text.ts';

/** Administrators may see every inbox, agents those of which they are members (application-api.md section 3). */
export const maySeeInbox = (role: AgentCaller['role'], isMember: boolean): boolean =>
  role === 'administrator' || isMember;

/** The stored week: seven days, validated when they were written. */
export function readWorkingHours({ working_hours }: Pick<InboxRow, 'working_hours'>): WorkingDay[] {
  const week: unknown = JSON.parse(working_hours);
  return Array.isArray(week) ? week.filter(isWorkingDay) : [];
}

const isWorkingDay = (day: unknown): day is WorkingDay =>
  isObject(day) &&
  typeof day.day_of_week === 'number' &&
  typeof day.closed_all_day === 'boolean' &&
  typeof day.open_all_day === 'boolean' &&
  [day.open_hour, day.open_minutes, day.close_hour, day.close_minutes].every(isNumberOrNull);

const isNumberOrNull = (value: unknown) => value === null || typeof value === 'number';

export interface WorkingDay {
  day_of_week: number;
  closed_all_day: boolean;
  open_all_day: boolean;
  open_hour: number | null;
  open_minutes: number | null;
  close_hour: number | null;
  close_minutes: number | null;
}

/** Sunday first; open from Monday to Friday, 9 to 17 (application-api.md section 4.5). */
export const defaultWorkingHours: readonly WorkingDay[] = Array.from({ length: 7 }, (_, day_of_week) => {
  const isOpen = day_of_week >= 1 && day_of_week <= 5;
  return {
    day_of_week,
    closed_all_day: !isOpen,
    open_all_day: false,
    open_hour: isOpen ? 9 : null,
    open_minutes: isOpen ? 0 : null,
    close_hour: isOpen ? 17 : null,
    close_minutes: isOpen ? 0 : null,
  };
});

type WorkingDayInput = Pick<WorkingDay, 'day_of_week'> & Partial<WorkingDay>;

/** The stored week with the changes of the given days. @throws invalid 422 on `working_hours` */
export function mergeWorkingHours(
  stored: readonly WorkingDay[],
  given: readonly WorkingDayInput[],
): WorkingDay[] {
  return stored.map((day) => {
    const change = given.findLast(({ day_of_week }) => day_of_week === day.day_of_week);
    return change ? checkWorkingDay({ ...day, ...change }) : day;
  });
}

function checkWorkingDay(day: WorkingDay): WorkingDay {
  if (day.closed_all_day && day.open_all_day)
    throw invalid('working_hours', 'Working hours cannot be open and closed all day');
  const { open_hour, open_minutes, close_hour, close_minutes } = day;
  if (day.closed_all_day || day.open_all_day) return { ...day, close_hour: wireHour(close_hour) };
  if (open_hour === null || close_hour === null)
    throw invalid('working_hours', "Working hours open hour and close hour can't be blank");
  const open = open_hour * 60 + (open_minutes ?? 0);
  const close = close_hour * 60 + (close_minutes ?? 0);
  if (close > minutesPerDay) throw invalid('working_hours', 'Working hours close at 24:00 at the latest');
  if (open === 0 && close === minutesPerDay) return { ...day, ...noTimes, open_all_day: true };
  if (close === open) throw invalid('working_hours', 'Working hours must not close when they open');
  return {
    ...day,
    open_minutes: open_minutes ?? 0,
    close_hour: wireHour(close_hour),
    close_minutes: close_minutes ?? 0,
  };
}

/** 24:00 is 0:00 on the wire, whose hours are 0 to 23. */
const wireHour = (hour: number | null) => (hour === null ? null : hour % 24);

const minutesPerDay = 24 * 60;
const noTimes = { open_hour: null, open_minutes: null, close_hour: null, close_minutes: null };

/**
 * Opening and closing time in minutes from the day's midnight; undefined for a closed day. When the closing time is not after the
 * opening time, it is on the next day: more than 24 * 60.
 */
export function openingMinutes(day: WorkingDay): { opens: number; closes: number } | undefined {
  if (day.closed_all_day) return undefined;
  if (day.open_all_day) return { opens: 0, closes: minutesPerDay };
  const opens = (day.open_hour ?? 0) * 60 + (day.open_minutes ?? 0);
  const closes = (day.close_hour ?? 0) * 60 + (day.close_minutes ?? 0);
  return { opens, closes: closes <= opens ? closes + minutesPerDay : closes };
}

/** A blank address is null. @throws invalid 422 on `webhook_url` unless it is an http or https address */
export function toWebhookUrl(text: string | null): string | null {
  const url = text?.trim();
  if (!url) return null;
  if (!isWebAddress(url)) throw invalid('webhook_url', 'Webhook url is not an http or https address');
  return url;
}

/** Returns the attributes. @throws invalid 422 for a reply window that is not a positive number of hours */
export function checkChannelAttributes(attributes: Record<string, unknown>): Record<string, unknown> {
  const hours = attributes.agent_reply_time_window;
  if (hours !== undefined && hours !== null && hours !== '' && !(Number(findText(hours)) > 0))
    throw invalid('additional_attributes', 'Agent reply time window must be greater than 0');
  return attributes;
}

/**
 * The origins that may embed the chat page in a frame, from a text with commas.
 * @throws invalid 422 on `allowed_domains` for a malformed origin, which would break the Content-Security-Policy header
 */
export function toOrigins(text: string | null): string[] {
  const origins = (text ?? '')
    .split(/[\s,]+/)
    .map((origin) => origin.trim().replace(/\/$/, '').toLowerCase())
    .filter(Boolean);
  const wrong = origins.find(
    (origin) => !/^(https?:\/\/)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/.test(origin),
  );
  if (wrong) throw invalid('allowed_domains', `Allowed domains: ${wrong} is not an origin`);
  return origins;
}

/** The identity policy that the input sets; `hmac_mandatory` counts only without `identity_policy` (decisions.md 8). */
export function toIdentityPolicy(
  stored: IdentityPolicy,
  given: { identity_policy?: IdentityPolicy; hmac_mandatory?: boolean },
): IdentityPolicy {
  if (given.identity_policy) return given.identity_policy;
  if (given.hmac_mandatory) return 'enforce';
  return given.hmac_mandatory === false && stored === 'enforce' ? 'safe' : stored;
}

/** The columns in which two rows of an inbox differ. */
export const changedColumns = (before: InboxRow, after: InboxRow): (keyof InboxRow)[] =>
  columnNames(after).filter((column) => after[column] !== before[column]);
