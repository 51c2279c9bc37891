/** The nodes of a PostgreSQL database: this process renews its row in `nodes`, and knows the others from the same transaction. */
import type { Db, Tx } from '../db/db.ts';
import type { Log } from '../log.ts';
import { openSchedule, type Schedule } from '../schedule.ts';
import { findDifferences } from './agreed-settings.ts';
import type { CommonClock } from './common-clock.ts';
import type { FileMarks } from './file-marks.ts';
import { BackgroundLease } from './leases.ts';
import { type LiveNode, type NodeSelf, type Nodes, SettingsDiffer } from './nodes.ts';
import { deleteNode, deleteSilentNodes, lockJoining, readNodes, type SeenNode, upsertNode } from './store.ts';

/** Between two renewals of a node. */
const heartbeatMs = 3000;
/** A node that has not renewed its row for this time counts as dead: four renewals are missing. */
export const silentMs = 12_000;
/** Between two looks at a node with other settings, which may be dead. */
const joiningPauseMs = 500;

export interface RegistryOptions {
  id: string;
  version: string;
  db: Db;
  log: Log;
  now: () => number;
  /** Is compared with the database at each heartbeat, where the time is not given. */
  clock: CommonClock | undefined;
  /** The hashes of `agreed-settings.ts`. */
  settings: string;
  /** Of the folder of uploads; undefined for a bucket, which all nodes share. */
  fileMarks: FileMarks | undefined;
}

/** Opens the registry for reading; the list of nodes is read once. */
export async function openRegistry(options: RegistryOptions): Promise<Nodes> {
  const registry = new Registry(options);
  await registry.read();
  return registry;
}

class Registry implements Nodes {
  readonly id: string;
  readonly lease: BackgroundLease;
  readonly #options: RegistryOptions;
  readonly #startedAt: number;
  #self: NodeSelf | undefined;
  #heartbeat: Schedule | undefined;
  #others: readonly SeenNode[] = [];
  #isLeaving = false;
  /** The live nodes whose uploads this one cannot read. */
  #apart: readonly SeenNode[] = [];

  constructor(options: RegistryOptions) {
    this.id = options.id;
    this.lease = new BackgroundLease(options.id, silentMs);
    this.#options = options;
    this.#startedAt = options.now();
  }

  async read(): Promise<void> {
    this.#keepOthers(await readNodes(this.#options.db));
  }

  list(): readonly LiveNode[] {
    const others = this.#others.map(toLiveNode);
    if (!this.#self) return others;
    const self = { ...this.#row(this.#self), isSelf: true };
    return [...others, toLiveNode(self)].sort((a, b) => a.started_at - b.started_at);
  }

  hasOthers(): boolean {
    return this.#others.length > 0;
  }

  async join(self: NodeSelf): Promise<void> {
    const seen = new Map<string, number>();
    await this.#options.fileMarks?.add(this.id);
    for (;;) {
      const conflict = await this.#options.db.write((tx) => this.#tryToJoin(tx, self));
      if (!conflict) break;
      const { node, names } = conflict;
      // Renewed since the last look: it is alive. Otherwise it may have been killed, and blocks nobody once it counts as dead.
      if (node.seen_at > (seen.get(node.id) ?? node.seen_at)) throw new SettingsDiffer(names, node.name);
      seen.set(node.id, node.seen_at);
      await new Promise((resolve) => setTimeout(resolve, joiningPauseMs));
    }
    this.#self = self;
    await this.#compareFolders();
    this.#heartbeat = openSchedule(this.#options.log, {
      name: 'renewing this node',
      everyMs: heartbeatMs,
      run: () => this.#renew(self),
    });
  }

  areFilesApart(): boolean {
    return this.#apart.length > 0;
  }

  isLeaving(): boolean {
    return this.#isLeaving;
  }

  startLeaving(): void {
    this.#isLeaving = true;
  }

  async close(): Promise<void> {
    if (!this.#self) return;
    await this.#heartbeat?.close();
    this.#self = undefined;
    const leave = (tx: Tx) => Promise.all([deleteNode(tx, this.id), this.lease.release(tx)]);
    // Without the database the others find out by themselves.
    await this.#options.db.write(leave).catch(() => {});
    await this.#options.fileMarks?.remove(this.id);
  }

  /** Joins, unless a node that counts as alive has other settings. Two processes that join at once do so one after the other. */
  async #tryToJoin(tx: Tx, self: NodeSelf): Promise<{ node: SeenNode; names: string[] } | undefined> {
    await lockJoining(tx);
    const nodes = await readNodes(tx);
    for (const node of nodes.filter(isAlive)) {
      const names = findDifferences(this.#options.settings, node.settings);
      if (names.length) return { node, names };
    }
    await upsertNode(tx, this.#row(self));
    await deleteSilentNodes(tx, silentMs);
    tx.afterCommit(await this.lease.claim(tx));
    this.#keepOthers(nodes);
    return undefined;
  }

  async #renew(self: NodeSelf): Promise<void> {
    const nodes = await this.#options.db.write(
      async (tx) => {
        const [found, keepLease] = await Promise.all([
          readNodes(tx),
          this.lease.claim(tx),
          upsertNode(tx, this.#row(self)),
        ]);
        tx.afterCommit(keepLease);
        if (!found.every(isAlive)) await deleteSilentNodes(tx, silentMs);
        return found;
      },
      ['nodes'],
    );
    this.#keepOthers(nodes);
    await this.#options.clock?.adjust(this.#options.db);
    await this.#compareFolders();
  }

  /** Looks for the marks of the other nodes in this node's folder of uploads. A node that leaves removes its mark, too late to matter. */
  async #compareFolders(): Promise<void> {
    const { fileMarks, log } = this.#options;
    if (!fileMarks) return;
    const found = await Promise.all(this.#others.map(({ id }) => fileMarks.has(id)));
    const apart = this.#others.filter((_, index) => !found[index]);
    if (apart.length && !this.#apart.length)
      log.error(
        { nodes: apart.map(({ name }) => name) },
        'the nodes have folders of uploads of their own, so each lacks the files of the others: use S3_BUCKET, or mount one folder',
      );
    if (!apart.length && this.#apart.length) log.info('the nodes share their folder of uploads again');
    this.#apart = apart;
  }

  #keepOthers(nodes: readonly SeenNode[]): void {
    this.#others = nodes.filter((node) => node.id !== this.id && isAlive(node));
  }

  #row(self: NodeSelf) {
    const { version, settings } = this.#options;
    const started_at = this.#startedAt;
    return { id: this.id, name: self.name(), version, started_at, sockets: self.sockets(), settings };
  }
}

const isAlive = ({ silent_ms }: SeenNode): boolean => silent_ms < silentMs;

const toLiveNode = ({
  id,
  name,
  version,
  started_at,
  sockets,
  isSelf = false,
}: Omit<LiveNode, 'isSelf'> & { isSelf?: boolean }): LiveNode => ({
  id,
  name,
  version,
  started_at,
  sockets,
  isSelf,
});
