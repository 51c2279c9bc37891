/** The figures that a release is judged by: what each is, its floor and its aim (decisions.md 11), and what limits it. */
import type { BenchFigures } from './bench.ts';

export interface FigureLine {
  /** `B1`, and for a figure of several values what this one is. */
  name: string;
  measure: string;
  /** Good enough for a release. */
  floor: number;
  /** As good as wanted. */
  aim: number;
  /** Whether larger figures are better. */
  isMore: boolean;
  /** Empty for a ratio. */
  unit: '' | 'ms' | 'MB' | 'bytes';
  figure: number;
  /** The work that takes the time or space. */
  binds: string;
}

interface FigureKind {
  section: BenchFigures['section'];
  /** The field of the section's figures. */
  field: string;
  name: string;
  measure: string;
  /** The floor, then the aim. Larger figures are better where the aim is above the floor. */
  bounds: [number, number];
  unit?: FigureLine['unit'];
  binds: string;
  /** The name, aim and floor on PostgreSQL where they differ. Without a name, the name says on which database it was measured. */
  onPostgres?: { name?: string; bounds?: [number, number]; binds?: string };
}

const thread = 'the processor of the one thread of the server: commits, rows, answers and frames';
const roundTrips = 'the round trips of one transaction after another between server and database';
const reading = 'reading and printing the rows, on the thread that also answers';
const processors = 'the processors that nodes, database and load share';

const list = (field: string, name: string, bounds: [number, number]): FigureKind => ({
  section: 'lists',
  field,
  name,
  bounds,
  binds: reading,
  measure: 'answers a second / the same answer as a constant',
});
const socket = (
  field: string,
  name: string,
  of: Pick<FigureKind, 'measure' | 'bounds' | 'binds'>,
): FigureKind => ({
  section: 'sockets',
  field,
  name,
  ...of,
});
const lastSocket = {
  measure: 'time to the last socket / bare ws',
  bounds: [1.5, 1] satisfies [number, number],
  binds: 'one write for each socket',
};

const kinds: readonly FigureKind[] = [
  {
    section: 'post',
    field: 'ratio',
    name: 'B1',
    bounds: [0.2, 0.4],
    binds: thread,
    measure: 'messages a second / the same route without storage',
    onPostgres: { name: 'B2', bounds: [0.18, 0.4], binds: roundTrips },
  },
  socket('b3_ratio', 'B3', {
    measure: 'p99 from post to socket / a server that only forwards',
    bounds: [5, 2],
    binds: 'pauses: commits, collection of garbage, indexing',
  }),
  socket('b4_ratio', 'B4', {
    measure: 'memory of an idle socket / bare ws',
    bounds: [1.6, 1.2],
    binds: 'the subscription and its streams',
  }),
  socket('b5_1000_ratio', 'B5, 1 000 sockets', lastSocket),
  socket('b5_10000_ratio', 'B5, 10 000 sockets', lastSocket),
  list('messages_ratio', 'B6', [0.35, 0.6]),
  list('first_page_ratio', 'B7, first page', [0.2, 0.5]),
  list('page_100_ratio', 'B7, page 100', [0.2, 0.5]),
  {
    section: 'start',
    field: 'start_ms',
    name: 'B8, start',
    bounds: [1500, 700],
    unit: 'ms',
    measure: 'start to first answer',
    binds: 'loading the code',
  },
  {
    section: 'start',
    field: 'memory_mb',
    name: 'B8, memory',
    bounds: [130, 90],
    unit: 'MB',
    measure: 'resident memory when idle',
    binds: 'the code and its compiled schemas',
  },
  {
    section: 'nodes',
    field: 'posts_ratio',
    name: 'B9, messages',
    bounds: [1.2, 1.6],
    measure: 'two nodes / one',
    binds: processors,
  },
  {
    section: 'nodes',
    field: 'fan_out_ratio',
    name: 'B9, fan-out',
    bounds: [1.2, 1.6],
    measure: 'two nodes / one',
    binds: processors,
  },
  {
    section: 'storm',
    field: 'ratio',
    name: 'B10',
    bounds: [4, 2],
    measure: 'time until all sockets have resumed / bare ws',
    binds: 'the grant, the positions and the missed events of each session',
  },
  {
    section: 'office',
    field: 'ratio',
    name: 'B11',
    bounds: [0.5, 0.8],
    binds: thread,
    measure: 'mixed requests / posts a second',
    onPostgres: { binds: roundTrips },
  },
  {
    section: 'bytes',
    field: 'bytes_per_message',
    name: 'B12',
    bounds: [4000, 3000],
    unit: 'bytes',
    measure: 'bytes of database a message',
    binds: 'rows and indexes of events and deliveries',
  },
];

/** The lines of a section, in order; none for a section without bounds of its own. */
export const linesOf = (figures: BenchFigures): FigureLine[] =>
  kinds.filter(({ section }) => section === figures.section).map((kind) => toLine(kind, figures));

function toLine({ section, field, unit = '', ...kind }: FigureKind, figures: BenchFigures): FigureLine {
  const { name, measure, bounds, binds, onPostgres } = kind;
  const isOther = figures.database === 'postgres' && section !== 'nodes';
  const [floor, aim] = (isOther && onPostgres?.bounds) || bounds;
  return {
    name: isOther ? (onPostgres?.name ?? `${name} on PostgreSQL`) : name,
    measure,
    floor,
    aim,
    isMore: aim > floor,
    unit,
    figure: figureOf(figures, field),
    binds: (isOther && onPostgres?.binds) || binds,
  };
}

/** @throws Error when the section has no such figure */
function figureOf(figures: BenchFigures, field: string): number {
  const [, figure] = Object.entries(figures).find(([name]) => name === field) ?? [];
  if (typeof figure !== 'number') throw new Error(`The section ${figures.section} has no figure ${field}`);
  return figure;
}

/** Whether a figure reaches its aim, at least its floor, or neither. */
export function judge({ figure, floor, aim, isMore }: FigureLine): 'aim' | 'floor' | 'below' {
  const reaches = (bound: number) => (isMore ? figure >= bound : figure <= bound);
  return reaches(aim) ? 'aim' : reaches(floor) ? 'floor' : 'below';
}
