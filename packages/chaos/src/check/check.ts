/** Judges a run from its histories and from what is stored in the end. Knows nothing of the server but its documented promises. */
import { entriesOf } from '../history.ts';
import { checkCounters, type Users } from './counters.ts';
import { checkMessages } from './messages.ts';
import { checkReceived } from './received.ts';
import { checkStored } from './stored-once.ts';
import type { Evidence, Violation } from './violation.ts';
import { checkWebhooks } from './webhooks.ts';

/** The parts of the installation that promises are about. */
export interface Installed {
  endpoints: readonly string[];
  users: Users;
}

/** @returns every broken promise; none when all were kept */
export const check = (evidence: Evidence, { endpoints, users }: Installed): Violation[] => [
  ...checkServers(evidence),
  ...checkStored(evidence),
  ...checkReceived(evidence),
  ...checkMessages(evidence),
  ...checkWebhooks(evidence, endpoints),
  ...checkCounters(evidence, users),
];

/** A server that has started ends only when it is ended. */
const checkServers = ({ entries }: Evidence): Violation[] =>
  entriesOf(entries, 'died')
    .filter(({ isStarted }) => isStarted)
    .map(({ node, output }) => ({
      rule: 'servers stay up',
      text: `${node} ended by itself: ${output}`,
      about: {},
    }));
