/** Checks of the nodes of the installation: who is there, and whether they fit together. */
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';
import { findDifferences, printSettings } from '../nodes/agreed-settings.ts';
import type { LiveNode } from '../nodes/nodes.ts';
import { silentMs } from '../nodes/registry.ts';
import { readNodes } from '../nodes/store.ts';
import { okUnless, skipped, type Verdict, warning } from './findings.ts';

type Node = Pick<LiveNode, 'name' | 'version' | 'sockets'>;

const single = 'SQLite has one server process';

/** The nodes as the database knows them, compared with the settings of this command. @param key of the installation */
export async function checkNodes(
  config: Readonly<Config>,
  db: Db,
  key: string | undefined,
): Promise<Verdict[]> {
  if (db.dialect === 'sqlite') return [skipped(single)];
  const alive = (await readNodes(db)).filter(({ silent_ms }) => silent_ms < silentMs);
  const [first] = alive;
  const names = first && key !== undefined ? findDifferences(printSettings(config, key), first.settings) : [];
  const differing = warning({
    found: `This command has other settings than the node ${first?.name}: ${names.join(', ')}`,
    breaks:
      'The findings of this command may be wrong; a server with its settings does not start beside that node',
    change: `${names.join(', ')}, as the node has them`,
  });
  return [...(names.length ? [differing] : []), ...judgeNodes(config, alive)];
}

/** Whether the nodes can work together. */
export function judgeNodes(
  { redisUrl, s3, databaseUrl }: Pick<Config, 'redisUrl' | 's3' | 'databaseUrl'>,
  nodes: readonly Node[],
): Verdict[] {
  if (!databaseUrl) return [skipped(single)];
  if (!nodes.length)
    return [
      warning({
        found: 'No node is alive in this database',
        breaks: 'Nobody is served, unless the server uses another database',
        change: 'Start the server, or set DATABASE_URL as the server has it',
      }),
    ];
  const versions = [...new Set(nodes.map(({ version }) => version))];
  const several = nodes.length > 1;
  const faults = [
    versions.length > 1 &&
      warning({
        found: `The nodes have several versions: ${versions.join(', ')}`,
        breaks: 'Clients find newer fields and endpoints at some nodes only',
        change: 'Finish the upgrade of all nodes',
      }),
    several &&
      !redisUrl &&
      warning({
        found: `${nodes.length} nodes work without Redis`,
        breaks: 'Events of another node arrive up to a second later, presence and rate limits count per node',
        change: 'REDIS_URL=redis://host:6379, for every node',
      }),
    several &&
      !s3 &&
      warning({
        found: `${nodes.length} nodes store files in HOORY_DATA`,
        breaks: 'A file that one node took is missing at the others, unless all have one shared folder',
        change: 'S3_BUCKET, or one shared folder as HOORY_DATA of every node',
      }),
  ];
  return okUnless(
    faults.filter((fault) => fault !== false),
    nodes.map(toText).join('; '),
  );
}

const toText = ({ name, version, sockets }: Node): string =>
  `${name}, version ${version}, ${sockets} sockets`;
