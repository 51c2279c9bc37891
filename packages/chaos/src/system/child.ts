/** A program that the run starts, kills, stops and pauses. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export interface Child {
  /** What it has printed, the last 10 kB. */
  output(): string;
  isRunning(): boolean;
  /** Resolves when it has ended; true when that was not asked for. */
  ended: Promise<boolean>;
  /** Sends the signal and waits for the end of the process. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  pid: number;
}

/** Programs that still run. They end with the run, also when the run itself fails. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a program.
 * @param log the file to which its output is appended
 */
export function startChild(
  command: readonly [string, ...string[]],
  { log, ...options }: SpawnOptions & { log: string },
): Child {
  const [program, ...args] = command;
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const printed = keepOutput(child, log);
  let isAsked = false;
  const ended = new Promise<boolean>((resolve) => {
    child.on('close', () => {
      running.delete(child);
      resolve(!isAsked);
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => printed.last,
    ended,
    isRunning: () => isRunning(child),
    signal: (signal) => void child.kill(signal),
    end: async (signal) => {
      isAsked = true;
      if (isRunning(child)) child.kill(signal);
      // A paused process gets the signal when it goes on.
      if (isRunning(child)) child.kill('SIGCONT');
      await ended;
    },
  };
}

/** Appends to the file what the program prints. @returns the last of it, which grows */
function keepOutput(child: ChildProcess, log: string): { readonly last: string } {
  const printed = { last: '' };
  const file = createWriteStream(log, { flags: 'a' });
  // A program that is not there makes no process: its error is part of the output.
  child.on('error', (error) => {
    printed.last += error.message;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed.last = (printed.last + chunk.toString()).slice(-10_000);
      file.write(chunk);
    });
  child.on('close', () => file.end());
  return printed;
}

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;
