/** Runs `npm run chaos` as an operator would. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from '../src/report.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export function runChaos(args: readonly string[]): Promise<Ran> {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', 'scripts/chaos.mjs', ...args],
    { cwd: root },
  );
  const ran = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ran.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ran.stderr += chunk.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ran })));
}

/** @throws with everything that was printed when that is no report */
export function reportOf({ stdout, stderr }: Ran): Report {
  try {
    return JSON.parse(stdout) as Report;
  } catch {
    throw new Error(`no report: ${stdout}\n${stderr}`);
  }
}
