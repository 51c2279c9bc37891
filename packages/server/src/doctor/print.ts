/** Prints findings as text: those in order first, a line each; then faults with what they break and what to change. */
import type { Finding } from '@hoory/contract';

type State = 'ok' | 'warning' | 'failed';

/** The worst state; what was skipped counts as in order. */
export function worstOf(findings: readonly Finding[]): State {
  if (findings.some(({ state }) => state === 'failed')) return 'failed';
  return findings.some(({ state }) => state === 'warning') ? 'warning' : 'ok';
}

/** As monitors such as Nagios read them. */
export const exitCodes: Record<State, number> = { ok: 0, warning: 1, failed: 2 };

const isFault = ({ state }: Finding) => state === 'warning' || state === 'failed';

export function printFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const line = ({ state, check, found }: Finding) => `${state.padEnd(8)} ${check.padEnd(width)}  ${found}`;
  const fault = (finding: Finding) =>
    `${line(finding)}\n${' '.repeat(width + 11)}breaks: ${finding.breaks}\n${' '.repeat(width + 11)}change: ${finding.change}`;
  const faults = findings.filter(isFault);
  const count = faults.length === 1 ? 'One thing is' : `${faults.length} things are`;
  return [
    ...findings.filter((finding) => !isFault(finding)).map(line),
    ...(faults.length ? ['', ...faults.map(fault)] : []),
    '',
    faults.length ? `${count} to be changed.` : 'Everything that was checked is in order.',
  ].join('\n');
}
