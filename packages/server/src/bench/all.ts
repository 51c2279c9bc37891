/** `hoory bench` without `--only`: every section on SQLite, those that differ there on PostgreSQL too, and one table of all figures. */
import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { type BenchFigures, type BenchOptions, bench, type Section } from './bench.ts';
import { type GrowthFigures, printGrowth } from './growth/report.ts';
import { type FigureLine, judge, linesOf } from './lines.ts';
import { withDatabase } from './postgres-database.ts';

export interface AllOptions extends BenchOptions {
  /** A file that gets the table as Markdown. */
  report: string | undefined;
}

export interface AllFigures {
  machine: string;
  date: string;
  lines: FigureLine[];
  sections: BenchFigures[];
}

const onSqlite: readonly Section[] = [
  'post',
  'lists',
  'sockets',
  'start',
  'storm',
  'office',
  'bytes',
  'webhooks',
  'growth',
];
const onPostgres: readonly Section[] = ['post', 'lists', 'office', 'bytes', 'webhooks', 'growth'];

/** Measures for an hour and more, as long as the sizes of the section growth demand. */
export async function benchAll({ report, ...options }: AllOptions): Promise<AllFigures> {
  const { databaseUrl, redisUrl, say } = options;
  const sections: BenchFigures[] = [];
  for (const section of onSqlite) {
    say(`== ${section} on SQLite`);
    sections.push(await bench(section, { ...options, databaseUrl: undefined, redisUrl: undefined }));
  }
  if (databaseUrl)
    for (const section of [...onPostgres, ...(redisUrl ? (['nodes'] as const) : [])]) {
      say(`== ${section} on PostgreSQL`);
      const own = section === 'nodes' ? redisUrl : undefined;
      sections.push(
        await withDatabase(databaseUrl, section, (url) =>
          bench(section, { ...options, databaseUrl: url, redisUrl: own }),
        ),
      );
    }
  const figures: AllFigures = {
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
    lines: sections.flatMap(linesOf),
    sections,
  };
  if (report !== undefined) writeFileSync(report, toDocument(figures));
  return figures;
}

function describeMachine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown processor'}, ${memory} GiB, Linux ${release()}, Node ${process.version}`;
}

const header = ['Figure', 'Measure', 'Floor', 'Aim', 'Measured', 'Reaches', 'Bound by'];

const toCells = (line: FigureLine): string[] => {
  const withUnit = (value: number) => (line.unit ? `${value} ${line.unit}` : String(value));
  return [
    line.name,
    line.measure,
    withUnit(line.floor),
    withUnit(line.aim),
    withUnit(line.figure),
    { aim: 'aim', floor: 'floor', below: '**below its floor**' }[judge(line)],
    line.binds,
  ];
};

/** The table as people read it on a terminal. */
export function printAll({ machine, date, lines, sections }: AllFigures): string {
  const rows = [header, ...lines.map(toCells)].map((cells) => cells.map((cell) => cell.replaceAll('*', '')));
  const widths = header.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const table = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    `${machine}, ${date}`,
    '',
    ...table,
    ...growthOf(sections).map((growth) => `\n${printGrowth(growth)}`),
  ].join('\n');
}

const growthOf = (sections: readonly BenchFigures[]): GrowthFigures[] =>
  sections.filter((figures): figures is GrowthFigures => figures.section === 'growth');

function toDocument({ machine, date, lines, sections }: AllFigures): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const growth = growthOf(sections).map(
    (figures) =>
      `\n## Growth on ${figures.database === 'postgres' ? 'PostgreSQL' : 'SQLite'}\n\n\`\`\`\n${printGrowth(figures)}\n\`\`\`\n`,
  );
  return `# Performance

Written by \`npm run bench\`: ${machine}, ${date}. Ratios compare the server with a bare counterpart on the same machine, in turns
(\`docs/decisions.md\` 11 says what each measures). Figures of another machine differ; the ratios less so.

${[row(header), row(header.map(() => '---')), ...lines.map(toCells).map(row)].join('\n')}
${growth.join('')}`;
}
