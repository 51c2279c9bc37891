/** Reads what a kept run was judged by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from '../src/check/check.ts';
import { evidenceFile } from '../src/check/evidence-file.ts';
import type { Evidence } from '../src/check/violation.ts';
import { isObject } from '../src/json.ts';

export interface Recorded {
  evidence: Evidence;
  installed: Installed;
}

export function readRecorded(folder: string): Recorded {
  return JSON.parse(readFileSync(join(folder, evidenceFile), 'utf8'), (_key, value: unknown) =>
    isObject(value) && isPairs(value.map) ? new Map(value.map) : value,
  );
}

const isPairs = (value: unknown): value is [unknown, unknown][] => Array.isArray(value);
