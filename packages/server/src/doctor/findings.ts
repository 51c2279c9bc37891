/** Findings of checks, and how checks are run: side by side, each within a time limit, and none ends the others. */
import type { Finding } from '@hoory/contract';
import { withTimeout } from '../db/timeout.ts';

/** A finding before it has the name of its check. */
export type Verdict = Omit<Finding, 'check'>;

/** One question to the installation, with a name that users read. */
export interface Check {
  name: string;
  /** Several verdicts where several things may be wrong. @throws what is reported as failed */
  run(): Promise<Verdict | Verdict[]>;
  /** The consequence when `run` throws or takes too long. */
  breaks: string;
  /** The setting to look at when `run` throws or takes too long. */
  change: string;
}

/** The parts of a finding that names a fault. */
interface Fault {
  found: string;
  breaks: string;
  change: string;
}

export const ok = (found: string): Verdict => ({ state: 'ok', found, breaks: null, change: null });
export const skipped = (found: string): Verdict => ({ state: 'skipped', found, breaks: null, change: null });
export const warning = (fault: Fault): Verdict => ({ state: 'warning', ...fault });
export const failed = (fault: Fault): Verdict => ({ state: 'failed', ...fault });

/** The faults, or `ok` with this text when there are none. */
export const okUnless = (faults: readonly Verdict[], found: string): Verdict[] =>
  faults.length ? [...faults] : [ok(found)];

export interface RunOptions {
  /** Milliseconds for each check. */
  timeoutMs: number;
  /** Removes secrets from texts. */
  redact(text: string): string;
  /** Called with the findings of each check as soon as it ends. */
  onEnd?(name: string, findings: readonly Finding[]): void;
}

/** Runs the checks side by side. Never rejects. @returns their findings in the order of the checks */
export async function runChecks(checks: readonly Check[], options: RunOptions): Promise<Finding[]> {
  const all = await Promise.all(
    checks.map(async (check) => {
      const findings = await runCheck(check, options);
      options.onEnd?.(check.name, findings);
      return findings;
    }),
  );
  return all.flat();
}

async function runCheck(check: Check, { timeoutMs, redact }: RunOptions): Promise<Finding[]> {
  const { name, breaks, change } = check;
  // `run` may throw before its first `await`.
  const work = Promise.resolve().then(() => check.run());
  const verdicts = await withTimeout(work, timeoutMs).catch((error) =>
    failed({ found: redact(reasonOf(error)), breaks, change }),
  );
  const late = failed({ found: `No answer within ${Math.round(timeoutMs / 1000)} seconds`, breaks, change });
  return [verdicts ?? late].flat().map((verdict) => toFinding(name, verdict, redact));
}

const toFinding = (
  check: string,
  { state, found, breaks, change }: Verdict,
  redact: RunOptions['redact'],
): Finding => ({
  check,
  state,
  found: redact(found),
  breaks: breaks && redact(breaks),
  change: change && redact(change),
});

/** The text of an error; sockets fail with errors that have several causes or only a code. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return `${error}`;
  const { message, code }: Error & { code?: string } = error;
  return message || code || error.name;
}
