/** The commands that measure: `hoory bench` and `hoory soak`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { invalid } from '../errors.ts';
import { benchAll, printAll } from './all.ts';
import type { BacklogOptions } from './backlog.ts';
import { type BenchFigures, bench, type Section, sections } from './bench.ts';
import { printBytes } from './bytes.ts';
import { printGrowth } from './growth/report.ts';
import type { OfficeOptions } from './office/office.ts';
import { printFigures, type SoakOptions, soak } from './soak/soak.ts';
import type { WebhookOptions } from './webhooks.ts';

interface BenchArguments extends BacklogOptions, OfficeOptions, WebhookOptions {
  only?: Section;
  database?: string;
  redis?: string;
  report?: string;
  data?: string;
  sizes: number[];
  turns: number;
  json?: boolean;
}

interface SoakArguments extends Pick<SoakOptions, 'minutes' | 'rate' | 'csv'> {
  database?: string;
  json?: boolean;
}

/** Functions that these commands share with the others of the command line. */
export interface CommandTools {
  print(answer: Record<string, unknown>, options: { json?: boolean; bare?: string }): void;
  json(): Option;
  toId(text: string): number;
}

export function addMeasurements(program: Command, tools: CommandTools): void {
  addBench(program, tools);
  addSoak(program, tools);
}

function addBench(program: Command, { print, json, toId }: CommandTools): void {
  program
    .command('bench')
    .description('measure this machine, with a database of its own')
    .addOption(
      new Option('--only <section>', 'one section (default: all, with a table of all figures)').choices(
        Object.keys(sections),
      ),
    )
    .option(
      '--database <url>',
      'a PostgreSQL database: that of the section (default: SQLite), or where all sections make theirs',
    )
    .option('--redis <url>', 'a Redis for the section nodes, which needs --database too')
    .option('--report <file>', 'gets the table of all figures as Markdown')
    .option('--conversations <count>', 'conversations of the section backlog', Number, 20_000)
    .addOption(
      new Option('--dead <how>', 'how the dead receiver of the section backlog fails')
        .choices(['refused', 'silent'])
        .default('refused'),
    )
    .option('--seconds <count>', 'length of a round of the section office', toId, 6)
    .option('--backlog <count>', 'deliveries that wait in the section webhooks', toId, 100_000)
    .option('--sizes <counts>', 'messages of the accounts of the section growth', toSizes, defaultSizes)
    .option('--turns <count>', 'how often the section growth asks each question at most', toId, 25)
    .option(
      '--data <folder>',
      'where the section growth keeps its accounts, and finds them (default: nowhere)',
    )
    .addOption(json())
    .addHelpText('after', benchHelp)
    .action(async ({ json, ...given }: BenchArguments) => {
      const { figures, table } = await measure(given);
      print(figures, { json, ...(table !== undefined && { bare: table }) });
    });
}

const defaultSizes = [10_000, 100_000, 1_000_000];

const benchHelp = `
Examples:
  $ hoory bench --only post --json
  $ hoory bench --database postgres://localhost/bench --redis redis://localhost --report figures.txt
  $ hoory bench --only growth --sizes 10000,100000 --data /var/tmp/growth

Without --only it takes hours, most of them for the largest account of the section growth; --sizes makes it smaller.
On PostgreSQL the section growth makes a database for each size beside the one that --database names.`;

interface Measured {
  figures: Record<string, unknown>;
  /** The figures as people read them, if their section has a table. */
  table?: string | undefined;
}

/** Measures one section, or all of them. */
async function measure(given: Omit<BenchArguments, 'json'>): Promise<Measured> {
  const { only, database, redis, data, report, ...others } = given;
  const options = { databaseUrl: database, redisUrl: redis, keep: data, say, ...others };
  if (only !== undefined && report !== undefined)
    throw invalid('report', '--report is for all sections: leave --only out');
  if (only === undefined) {
    const all = await benchAll({ ...options, report });
    return { figures: { ...all }, table: printAll(all) };
  }
  const figures = await bench(only, options);
  return { figures: { ...figures }, table: printTable(figures) };
}

/** Progress goes to stderr: stdout has the figures. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The table of a section that has one; the figures of the others are printed a line each. */
function printTable(figures: BenchFigures): string | undefined {
  if (figures.section === 'growth') return printGrowth(figures);
  return figures.section === 'bytes' ? printBytes(figures) : undefined;
}

function addSoak(program: Command, { print, json }: CommandTools): void {
  program
    .command('soak')
    .description('work for a long time at an even rate, and compare the end with the beginning')
    .option('--minutes <count>', 'how long', toPositive, 60)
    .option('--rate <count>', 'requests a second', toPositive, 200)
    .option('--database <url>', 'a PostgreSQL database that may be written to (default: SQLite)')
    .option('--csv <file>', 'gets a row of figures for each interval', 'soak.csv')
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  $ hoory soak --minutes 10 --rate 200 --csv soak.csv

Plots memory, descriptors, latency, delay of the event loop and size. Fails when the last sixth of the time is worse than the first.`,
    )
    .action(async ({ database, json, ...options }: SoakArguments) => {
      const figures = await soak({ ...options, databaseUrl: database, say });
      print({ ...figures }, { json, bare: printFigures(figures) });
      if (!figures.isFlat) process.exitCode = 1;
    });
}

function toPositive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 100_000))
    throw new InvalidArgumentError('It must be a number above 0, at most 100000.');
  return number;
}

function toSizes(text: string): number[] {
  if (!/^[1-9]\d{2,8}(,[1-9]\d{2,8})*$/.test(text))
    throw new InvalidArgumentError('It must be numbers from 100 on, separated by commas.');
  return text.split(',').map(Number);
}
