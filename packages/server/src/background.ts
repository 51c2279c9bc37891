/**
 * Background work: the scheduled jobs, and the node that runs them. Most jobs run on the node that has the lease
 * (`nodes/leases.ts`); some on every node, with the reason beside them.
 */
import type { App } from './app.ts';
import { type AutoAssignment, openAutoAssignment } from './assignment/auto-assign.ts';
import { resolveIdle } from './automation/auto-resolve.ts';
import { openRelabeling, type Relabeling } from './automation/relabel.ts';
import { openForAgents } from './automation/removed-bots.ts';
import { unsnoozeDue } from './automation/unsnooze.ts';
import { fetchAvatars } from './contacts/avatars.ts';
import { addUpContactCounts } from './contacts/store-counts.ts';
import { foldOlderContacts } from './contacts/store-folding.ts';
import { foldOlderConversations } from './conversations/record/store.ts';
import { addUpConversationCounts } from './conversations/record/store-counts.ts';
import type { Db } from './db/db.ts';
import { giveBackSpace } from './db/free-space.ts';
import { openSearchIndex } from './db/search/search-index.ts';
import { packLog } from './events/pack.ts';
import { pruneLog } from './events/prune.ts';
import { openSweep } from './files/sweep.ts';
import { pruneStoredResponses } from './http/idempotency.ts';
import { LeaseLost, type Term } from './nodes/leases.ts';
import { unsnoozeNotifications } from './notifications/notifications.ts';
import { openSchedule, type ScheduledJob } from './schedule.ts';
import { packDeliveries } from './webhooks/pack.ts';
import { pruneDeliveries } from './webhooks/prune.ts';

export interface Background {
  assignment: AutoAssignment;
  /** Wakes the relabeling of this node; another node that has the lease looks every few seconds. */
  relabeling: Pick<Relabeling, 'work'>;
  /** Waits for the current item of each job. */
  close(): Promise<void>;
}

/** A set of jobs that run. */
interface RunningJobs {
  close(): Promise<void>;
}

/** Jobs of one term, with the relabeling that listeners wake. */
interface LeasedJobs extends RunningJobs {
  relabeling: Relabeling;
}

/** Starts the jobs of every node, and those of the lease whenever this node has it. */
export function openBackground(app: App): Background {
  const assignment = openAutoAssignment(app);
  const everywhere = startJobs(app, jobsOfEveryNode(app, assignment));
  let leased: LeasedJobs | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  app.nodes.lease.follow((term) => {
    // The jobs of the last term end at their next transaction, which fails.
    ended = Promise.all([ended, leased?.close()]);
    leased = term && startLeasedJobs(app, term);
  });
  return {
    assignment,
    relabeling: { work: async () => leased?.relabeling.work() },
    // At once: a job that works through a queue ends after its current item only when that queue is closing too.
    close: async () => {
      await Promise.all([assignment.close(), everywhere.close(), leased?.close(), ended]);
    },
  };
}

function startLeasedJobs(app: App, term: Term): LeasedJobs {
  const fenced: App = { ...app, db: term.fence(app.db) };
  const relabeling = openRelabeling(fenced);
  const jobs = startJobs(app, jobsOfLease(fenced, relabeling).map(within(term)));
  return {
    relabeling,
    close: async () => {
      await Promise.all([relabeling.close(), jobs.close()]);
    },
  };
}

/** Skips runs while the lease is not renewed, and ends a run quietly that lost it. */
const within =
  (term: Term) =>
  ({ run, ...job }: ScheduledJob): ScheduledJob => ({
    ...job,
    run: async () => {
      if (!term.isCurrent()) return;
      await run().catch((error) => {
        if (!(error instanceof LeaseLost)) throw error;
      });
    },
  });

function startJobs(app: App, jobs: readonly ScheduledJob[]): RunningJobs {
  const schedules = jobs.map(({ run, ...job }) =>
    openSchedule(app.log, { ...job, run: () => app.loopDelay.whileInBackground(run) }),
  );
  return {
    close: async () => {
      await Promise.all(schedules.map((schedule) => schedule.close()));
    },
  };
}

/** Jobs of each node, beside each other. */
const jobsOfEveryNode = (app: App, assignment: AutoAssignment): ScheduledJob[] => [
  // A node knows best who is online at its own sockets. Each assignment locks its conversation and looks at the queue again.
  { name: 'assigning', everyMs: 1000, run: () => assignment.work() },
  // Nodes may have folders of their own; to remove a file twice is harmless.
  ...(app.config.s3 ? [] : [sweeping(app)]),
];

/** Jobs of the node that has the lease. `app` has the fenced database. */
function jobsOfLease(app: App, relabeling: Relabeling): ScheduledJob[] {
  const prune = async () => {
    await pruneLog(app.db, app.config.logKeep, app.now());
    await pruneStoredResponses(app.db, app.now());
    await pruneDeliveries(app.db, app.config.logKeep, app.now());
  };
  const pack = async () => {
    await packLog(app.db, app.now());
    await packDeliveries(app.db, app.now());
  };
  const wake = async () => {
    await unsnoozeDue(app);
    await unsnoozeNotifications(app);
    await openForAgents(app);
  };
  return [
    { name: 'pruning', everyMs: 60_000, run: prune },
    // Each second, so that it keeps pace in short steps: at 1000 messages a second 40 packs are due.
    { name: 'packing', everyMs: 1000, run: pack },
    { name: 'giving back disk space', everyMs: 1000, run: () => giveBackSpace(app.db) },
    // Each second, because every list of conversations reads all counts not yet added up: in a minute a busy account has thousands.
    { name: 'adding up counts', everyMs: 1000, run: () => addUpCounts(app.db) },
    { name: 'resolving', everyMs: 60_000, run: () => resolveIdle(app) },
    ...(app.config.s3 ? [sweeping(app)] : []),
    { name: 'fetching pictures', everyMs: 1000, run: () => fetchAvatars(app) },
    { name: 'sending e-mails', everyMs: 5000, run: () => app.mail.sendDue() },
    { name: 'waking', everyMs: 1000, run: wake },
    { name: 'folding', everyMs: 1000, run: () => foldOlderConversations(app) },
    { name: 'indexing', everyMs: 250, run: openIndexing(app) },
    { name: 'relabeling', everyMs: 5000, run: () => relabeling.work() },
  ];
}

const sweeping = (app: App): ScheduledJob => ({ name: 'sweeping', everyMs: 60_000, run: openSweep(app) });

async function addUpCounts(db: Db): Promise<void> {
  await addUpConversationCounts(db);
  await addUpContactCounts(db);
}

/** Blocks between two lines of the log while the messages of an older version are indexed. */
const blocksPerLine = 64;

/**
 * Returns the job that writes one block of the index. Contacts of older versions are folded first, as their blocks contain folded
 * text.
 */
function openIndexing(app: App): () => Promise<unknown> {
  const index = openSearchIndex(app.db, {
    now: app.now,
    onProgress: (noun, waiting) => {
      if (waiting && waiting % blocksPerLine === 0)
        app.log.info(
          { noun, waiting },
          'building the search index; searches are slower until it is complete',
        );
    },
  });
  return async () => (await foldOlderContacts(app)) || index.indexNextBlock();
}
