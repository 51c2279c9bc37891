/** Compares the clock of this machine with others: that of the database, and that of the server behind an address. */
import { failed, ok, type Verdict, warning } from './findings.ts';

/** Difference in milliseconds above which times in the product are visibly wrong. */
const visibleMs = 5000;
/** Difference above which other services refuse requests of this machine. */
const refusedMs = 120_000;

/** @param differenceMs of the other clock from ours @param whose the other clock, such as "the database" */
export function judgeClock(differenceMs: number, whose: string): Verdict {
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  if (seconds * 1000 < visibleMs) return ok(`The clocks of this machine and of ${whose} agree`);
  const found = `The clock of ${whose} is ${seconds} seconds ${differenceMs > 0 ? 'ahead of' : 'behind'} this machine`;
  const change = 'Let both machines set their clocks by NTP, such as systemd-timesyncd or chrony';
  if (seconds * 1000 < refusedMs)
    return warning({ found, breaks: 'Times of messages, snoozes and leases are wrong by as much', change });
  return failed({
    found,
    breaks: 'Receivers refuse signed webhooks, S3 refuses requests, and tokens expire too early or too late',
    change,
  });
}
