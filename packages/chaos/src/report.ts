/** The report of a run: numbers for everybody, and the history of what went wrong. */

import type { Violation } from './check/violation.ts';
import { entriesOf, type Timed } from './history.ts';
import type { Outcome } from './run.ts';
import { describePlan } from './schedule.ts';

/** Violations whose history is printed; their number is always complete. */
const shownViolations = 5;

export interface Report {
  seed: number;
  minutes: number;
  tookSeconds: number;
  database: string;
  nodes: number;
  redis: boolean;
  schedule: string[];
  /** How often each kind of fault happened. */
  faults: Record<string, number>;
  writes: { sent: number; acknowledged: number; retried: number; refused: number };
  messages: { sent: number; acknowledged: number; stored: number };
  /** Events by kind of follower, with the number of followers of the kind and how often they were told to fetch anew. */
  followers: Record<
    string,
    { followers: number; events: number; told_to_fetch_anew: number; reconnected: number; gave_up: number }
  >;
  webhooks: { requests: number; accepted: number; deliveries: number };
  violations: number;
  /** The first violations with their histories. */
  found: (Violation & { history: string[] })[];
  folder: string | undefined;
}

export function toReport({ options, schedule, evidence, violations, tookSeconds, folder }: Outcome): Report {
  const { entries } = evidence;
  return {
    seed: options.seed,
    minutes: options.minutes,
    tookSeconds,
    database: options.db,
    nodes: options.nodes,
    redis: options.redis,
    schedule: schedule.map(describePlan),
    faults: countBy([
      ...entriesOf(entries, 'fault').map(({ name }) => name),
      ...entriesOf(entries, 'died').map(({ isStarted }) =>
        isStarted ? 'a node ended by itself' : 'a start failed',
      ),
    ]),
    ...countWrites(evidence),
    followers: countFollowers(evidence),
    webhooks: countWebhooks(entries),
    violations: violations.length,
    found: violations.slice(0, shownViolations).map((violation) => ({
      ...violation,
      history: historyOf(entries, violation.about),
    })),
    folder,
  };
}

function countWrites({ entries, stored }: Outcome['evidence']): Pick<Report, 'writes' | 'messages'> {
  const sends = entriesOf(entries, 'send');
  const acknowledged = new Set(entriesOf(entries, 'acknowledge').map(({ key }) => key));
  const messages = new Set(
    sends.filter(({ operation }) => operation === 'message' || operation === 'note').map(({ key }) => key),
  );
  return {
    writes: {
      sent: new Set(sends.map(({ key }) => key)).size,
      acknowledged: acknowledged.size,
      retried: entriesOf(entries, 'retry').length,
      refused: entriesOf(entries, 'refuse').length,
    },
    messages: {
      sent: messages.size,
      acknowledged: [...messages].filter((key) => acknowledged.has(key)).length,
      stored: stored.database.messages.length,
    },
  };
}

function countWebhooks(entries: readonly Timed[]): Report['webhooks'] {
  const webhooks = entriesOf(entries, 'webhook');
  return {
    requests: webhooks.length,
    accepted: webhooks.filter(({ status }) => status === 200).length,
    deliveries: new Set(webhooks.map(({ endpoint, delivery }) => `${endpoint} ${delivery}`)).size,
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort());
}

function countFollowers({ entries, followers }: Outcome['evidence']): Report['followers'] {
  const kinds = [...new Set(followers.map(({ kind }) => kind))];
  return Object.fromEntries(
    kinds.map((kind) => {
      const names = new Set(followers.filter((follower) => follower.kind === kind).map(({ name }) => name));
      const count = (wanted: 'event' | 'reset' | 'connect' | 'close') =>
        entriesOf(entries, wanted).filter(({ follower }) => names.has(follower)).length;
      return [
        kind,
        {
          followers: names.size,
          events: count('event'),
          told_to_fetch_anew: count('reset'),
          gave_up: count('close'),
          // The first connection is recorded of clients that fetch after each.
          reconnected: count('connect') - (kind === 'rails' ? names.size : 0),
        },
      ];
    }),
  );
}

/** Everything that anybody sent, received or was told about one message or key, across all parts. */
export function historyOf(
  entries: readonly Timed[],
  { key, message, conversation }: Violation['about'],
): string[] {
  const keys = new Set(key === undefined ? [] : [key]);
  // Ids of contacts and conversations are numbers as well.
  const aboutMessages = new Set(
    entriesOf(entries, 'send').flatMap((sent) =>
      sent.operation === 'message' || sent.operation === 'note' || sent.message === message ? [sent.key] : [],
    ),
  );
  if (message !== undefined)
    for (const entry of entriesOf(entries, 'acknowledge'))
      if (entry.id === message && aboutMessages.has(entry.key)) keys.add(entry.key);
  const isAbout = (entry: Timed): boolean => {
    if ('key' in entry) return keys.has(entry.key);
    if (message === undefined)
      return keys.size === 0 && 'conversation' in entry && entry.conversation === conversation;
    if (entry.kind === 'fetch') return entry.messages.some(({ id }) => id === message);
    return 'message' in entry && entry.message === message;
  };
  return entries.filter(isAbout).map((entry) => toLine(entry, message));
}

function toLine({ at, kind, ...entry }: Timed, message: number | undefined): string {
  // A fetch lists many messages beside the one.
  const shown =
    'messages' in entry ? { ...entry, messages: entry.messages.filter(({ id }) => id === message) } : entry;
  return `${(at / 1000).toFixed(3).padStart(8)} s  ${kind.padEnd(11)} ${JSON.stringify(shown)}`;
}

export function toText(report: Report): string {
  const { seed, minutes, database, nodes, redis, writes, messages, webhooks } = report;
  const place = `${database}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${redis ? ', Redis' : ''}`;
  return [
    `Chaos: seed ${seed}, ${minutes} minutes of faults (${report.tookSeconds} s in all), ${place}`,
    '',
    ...Object.entries(report.faults).map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`),
    '',
    `Writes     ${writes.sent} sent, ${writes.acknowledged} acknowledged, ${writes.retried} retries, ${writes.refused} refused`,
    `Messages   ${messages.sent} sent, ${messages.acknowledged} acknowledged, ${messages.stored} stored with those of the server`,
    ...Object.entries(report.followers).map(
      ([kind, { followers, events, told_to_fetch_anew, reconnected }]) =>
        `Followers  ${kind}: ${events} events at ${followers}, ${told_to_fetch_anew} times told to fetch anew${reconnected ? `, connected again ${reconnected} times` : ''}`,
    ),
    `Webhooks   ${webhooks.deliveries} deliveries in ${webhooks.requests} requests, ${webhooks.accepted} accepted`,
    '',
    `Violations ${report.violations}`,
    ...report.found.flatMap(toViolationLines),
    ...(report.violations ? ['', 'The schedule of this seed:', ...report.schedule] : []),
    ...(report.folder ? ['', `Histories and logs: ${report.folder}`] : []),
  ].join('\n');
}

const toViolationLines = ({ rule, text, history }: Report['found'][number]): string[] => [
  '',
  `  ${rule}: ${text}`,
  ...history.map((line) => `  ${line}`),
];
