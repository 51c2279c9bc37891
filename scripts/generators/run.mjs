/** Programs that the check of generators runs: found, started, and told apart when they are missing. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Why a check cannot run on this machine. */
export class Missing extends Error {}

/** @throws Missing when the program is in no folder of PATH */
export function requireProgram(name) {
  const isHere = (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)));
  if (!isHere) throw new Missing(`${name} is not on this machine`);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Seconds after which a program is taken to hang: the first run downloads its dependencies. */
const patienceSeconds = 900;

/**
 * Runs a program to its end and resolves to what it printed.
 * @throws with the end of what it printed when it fails
 */
export function run(program, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceSeconds * 1000,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
      });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(said);
      const end = signal
        ? `was stopped by ${signal}, at the latest after ${patienceSeconds} seconds`
        : 'failed';
      return reject(new Error(`${program} ${args.join(' ')} ${end}:\n${said.slice(-4000)}`));
    });
  });
}
