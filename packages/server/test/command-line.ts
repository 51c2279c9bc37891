/** Runs the `hoory` command as an operator would: the built server, made anew when its sources have changed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../scripts/hoory.mjs', import.meta.url));

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env.PATH ?? '', HOORY_LOG_LEVEL: 'error', ...env },
  });
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that is still running. */
export interface Running {
  process: ChildProcess;
  /** Its output so far. */
  stdout(): string;
  ended: Promise<Ran>;
}

export function launch(args: readonly string[], env: Record<string, string>): Running {
  const child = start(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr: stderr.replace(/^Built .*\n/, '') }));
  });
  return { process: child, stdout: () => stdout, ended };
}

/** Runs a command to its end. */
export const run = (args: readonly string[], env: Record<string, string>): Promise<Ran> =>
  launch(args, env).ended;
