/** The command line of `npm run chaos`. */
import { parseArgs } from 'node:util';

export interface Options {
  seed: number;
  minutes: number;
  db: 'sqlite' | 'postgres';
  nodes: number;
  redis: boolean;
  json: boolean;
  /** Keeps the folder with the histories also when nothing was violated. */
  keep: boolean;
  /** Without the follower in Chromium, also where it is installed. */
  noChromium: boolean;
}

export const usage = `Usage: npm run chaos -- [options]

Starts Hoory with its database, breaks it in every way of a schedule that follows from the seed, and checks that nothing
was lost, doubled, reordered or shown to the wrong person. Exit code 0: nothing was; 1: something was; 2: it could not run.

  --seed <number>            the faults and the work (default: a random one, which the report names)
  --minutes <number>         for how long faults happen, e.g. 0.4 (default 1)
  --db sqlite|postgres       the database (default sqlite)
  --nodes 1|2|3              servers behind one address; several need --db postgres (default 1)
  --redis                    connects the nodes by Redis, which is restarted and paused as well
  --no-chromium              leaves out the client in Chromium
  --keep                     keeps the folder with all histories also when nothing was violated
  --json                     prints the report as one JSON object
  --help                     prints this

Example: npm run chaos -- --seed 7 --minutes 3 --db postgres --nodes 2 --redis`;

/** A wrong option; the message says which and what is expected. */
export class BadOption extends Error {}

/** @returns undefined when only help is asked for. @throws BadOption */
export function readOptions(args: readonly string[]): Options | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  const options: Options = {
    seed: readNumber('--seed', given.seed, {
      fallback: 1 + Math.floor(Math.random() * 1e6),
      low: 1,
      high: 2 ** 31,
    }),
    minutes: readNumber('--minutes', given.minutes, { fallback: 1, low: 0.05, high: 24 * 60 }),
    db: readDatabase(given.db ?? 'sqlite'),
    nodes: readNumber('--nodes', given.nodes, { fallback: 1, low: 1, high: 3 }),
    redis: given.redis ?? false,
    json: given.json ?? false,
    keep: given.keep ?? false,
    noChromium: given['no-chromium'] ?? false,
  };
  if (!Number.isInteger(options.seed) || !Number.isInteger(options.nodes))
    throw new BadOption('--seed and --nodes: expected whole numbers');
  if (options.db === 'sqlite' && (options.nodes > 1 || options.redis))
    throw new BadOption('--nodes and --redis: SQLite is one process, add --db postgres');
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string' },
        db: { type: 'string' },
        nodes: { type: 'string' },
        redis: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        'no-chromium': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error));
  }
}

function readNumber(
  name: string,
  text: string | undefined,
  { fallback, low, high }: { fallback: number; low: number; high: number },
): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value >= low && value <= high))
    throw new BadOption(`${name}: expected a number from ${low} to ${high}`);
  return value;
}

function readDatabase(text: string): Options['db'] {
  if (text !== 'sqlite' && text !== 'postgres') throw new BadOption('--db: expected sqlite or postgres');
  return text;
}
