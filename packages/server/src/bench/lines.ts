/** The figures that a release is judged by: what each is, its floor and its aim (decisions.md 11), and what limits it. */
import type { BenchFigures } from './bench.ts';

export interface FigureLine {
  /** `B1`, and for a figure of several values what this one is. */
  name: string;
  measure: string;
  floor: number;
  aim: number;
  /** Whether larger figures are better. */
  isMore: boolean;
  unit: '' | 'ms' | 'MB' | 'bytes';
  figure: number;
  /** What the time or space goes to. */
  binds: string;
}

type LineOf = Omit<FigureLine, 'figure'>;

const more = { isMore: true, unit: '' } as const;
const less = { isMore: false, unit: '' } as const;

const thread =
  'the processor of the one thread of the server, a third of it in system calls that write answers and frames';
const lane = 'the round trips of one transaction after another between server and database';
const reading = 'reading and printing the rows, on the thread that also answers';

const post = (name: string, floor: number, binds: string): LineOf => ({
  name,
  measure: 'messages a second / the same route without storage',
  floor,
  aim: 0.4,
  ...more,
  binds,
});
const list = (name: string, measure: string, floor: number, aim: number): LineOf => ({
  name,
  measure,
  floor,
  aim,
  ...more,
  binds: reading,
});

/** The lines of a section, in order. Numbers with a unit are the figure itself, others are ratios. */
export function linesOf(figures: BenchFigures): FigureLine[] {
  const isPostgres = figures.database === 'postgres';
  const named = (name: string) => (isPostgres ? `${name} on PostgreSQL` : name);
  const limit = isPostgres ? lane : thread;
  const line = (of: LineOf, figure: number): FigureLine => ({ ...of, name: of.name, figure });
  switch (figures.section) {
    case 'post':
      return [line(isPostgres ? post('B2', 0.18, lane) : post('B1', 0.2, thread), figures.ratio)];
    case 'lists':
      return [
        line(list(named('B6'), 'last 20 messages / a constant', 0.35, 0.6), figures.messages_ratio),
        line(
          list(named('B7, first page'), 'list of conversations / a constant', 0.2, 0.5),
          figures.first_page_ratio,
        ),
        line(
          list(named('B7, page 100'), 'list of conversations / a constant', 0.2, 0.5),
          figures.page_100_ratio,
        ),
      ];
    case 'sockets':
      return socketLines(figures, named);
    case 'start':
      return [
        line(
          {
            name: named('B8, start'),
            measure: 'start to first answer',
            floor: 1500,
            aim: 700,
            isMore: false,
            unit: 'ms',
            binds: 'loading the code',
          },
          figures.start_ms,
        ),
        line(
          {
            name: named('B8, memory'),
            measure: 'resident memory when idle',
            floor: 130,
            aim: 90,
            isMore: false,
            unit: 'MB',
            binds: 'the code and its compiled schemas',
          },
          figures.memory_mb,
        ),
      ];
    case 'nodes':
      return [
        line(
          {
            name: 'B9, messages',
            measure: 'two nodes / one',
            floor: 1.2,
            aim: 1.6,
            ...more,
            binds: 'the processors that nodes, database and load share',
          },
          figures.posts_ratio,
        ),
        line(
          {
            name: 'B9, fan-out',
            measure: 'two nodes / one',
            floor: 1.2,
            aim: 1.6,
            ...more,
            binds: 'the processors that nodes, database and load share',
          },
          figures.fan_out_ratio,
        ),
      ];
    case 'storm':
      return [
        line(
          {
            name: named('B10'),
            measure: 'time until all sockets have resumed / bare ws',
            floor: 4,
            aim: 2,
            ...less,
            binds: 'the grant, the positions and the missed events of each session',
          },
          figures.ratio,
        ),
      ];
    case 'office':
      return [
        line(
          {
            name: named('B11'),
            measure: 'mixed requests / posts a second',
            floor: 0.5,
            aim: 0.8,
            ...more,
            binds: limit,
          },
          figures.ratio,
        ),
      ];
    case 'bytes':
      return [
        line(
          {
            name: named('B12'),
            measure: 'bytes of database a message',
            floor: 4000,
            aim: 3000,
            isMore: false,
            unit: 'bytes',
            binds: 'rows and indexes of events and deliveries',
          },
          figures.bytes_per_message,
        ),
      ];
    default:
      return [];
  }
}

function socketLines(
  figures: Record<string, number | string>,
  named: (name: string) => string,
): FigureLine[] {
  const of = (
    name: string,
    measure: string,
    [floor, aim]: [number, number],
    binds: string,
    key: string,
  ): FigureLine => ({
    name: named(name),
    measure,
    floor,
    aim,
    ...less,
    binds,
    figure: Number(figures[key]),
  });
  return [
    of(
      'B3',
      'p99 from post to socket / a server that only forwards',
      [5, 2],
      'pauses: commits, collection of garbage, indexing',
      'b3_ratio',
    ),
    of(
      'B4',
      'memory of an idle socket / bare ws',
      [1.6, 1.2],
      'the subscription and its streams',
      'b4_ratio',
    ),
    of(
      'B5, 1 000 sockets',
      'time to the last / bare ws',
      [1.5, 1],
      'one write for each socket',
      'b5_1000_ratio',
    ),
    of(
      'B5, 10 000 sockets',
      'time to the last / bare ws',
      [1.5, 1],
      'one write for each socket',
      'b5_10000_ratio',
    ),
  ];
}

/** `aim`: as good as wanted; `floor`: good enough for a release. */
export function judge({ figure, floor, aim, isMore }: FigureLine): 'aim' | 'floor' | 'below' {
  const reaches = (bound: number) => (isMore ? figure >= bound : figure <= bound);
  return reaches(aim) ? 'aim' : reaches(floor) ? 'floor' : 'below';
}
