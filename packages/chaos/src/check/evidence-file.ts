/** All that was judged, in a file of the run's folder, so that it can be judged again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './check.ts';
import type { Evidence } from './violation.ts';

export const evidenceFile = 'evidence.json';

/** A map becomes `{"map": [[key, value], ...]}`. */
export function writeEvidence(folder: string, evidence: Evidence, installed: Installed): void {
  const text = JSON.stringify({ evidence, installed }, (_key, value: unknown) =>
    value instanceof Map ? { map: [...value] } : value,
  );
  writeFileSync(join(folder, evidenceFile), text);
}
