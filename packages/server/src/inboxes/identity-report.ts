/** What the identity policies make of the sessions that wrote lately, so that a stricter one is chosen knowingly (decisions.md 8). */
import type { IdentityReport } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { isHardToGuess } from '../secrets.ts';
import { getInbox } from './store.ts';

/** Milliseconds that the report looks back. */
const reportSpanMs = 30 * 86_400_000;

/** Conversations looked at, the newest first. */
const maxConversations = 5_000;

/** Unverified sessions named in the report. */
const maxExamples = 20;

/** Which of the sessions of the last 30 days each policy would have refused. @throws not_found */
export async function reportIdentity(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<IdentityReport> {
  await getInbox(app.db, account.id, id);
  const since = app.now() - reportSpanMs;
  const rows = await listActiveSessions(app.db.longReads, { account_id: account.id, inbox_id: id, since });
  const seen = new Set<number>();
  const newest = rows.filter(({ session_id }) => !seen.has(session_id) && seen.add(session_id));
  const judged = newest.map((row) => ({
    ...row,
    guessable: !isHardToGuess(row.source_id),
    claiming: row.claims !== '{}',
  }));
  const unverified = judged.filter(({ hmac_verified }) => !hmac_verified);
  const guessable = unverified.filter((one) => one.guessable).length;
  return {
    since: Math.floor(since / 1000),
    complete: rows.length < maxConversations,
    sessions: {
      active: judged.length,
      verified: judged.length - unverified.length,
      guessable,
      claiming: unverified.filter(({ claiming }) => claiming).length,
    },
    refused: { legacy: 0, safe: guessable, enforce: unverified.length },
    examples: unverified.slice(0, maxExamples).map((one) => ({
      contact_id: one.contact_id,
      name: one.name,
      conversation_id: one.display_id,
      last_incoming_at: Math.floor((one.last_incoming_at ?? 0) / 1000),
      guessable: one.guessable,
      claiming: one.claiming,
    })),
  };
}

/** One row a conversation in which the customer wrote, the newest first. */
function listActiveSessions(
  db: Sql,
  { account_id, inbox_id, since }: { account_id: number; inbox_id: number; since: number },
) {
  return db.all(
    db.q
      .selectFrom('conversations')
      .innerJoin('contact_inboxes', 'contact_inboxes.id', 'conversations.contact_inbox_id')
      .innerJoin('contacts', 'contacts.id', 'contact_inboxes.contact_id')
      .select([
        'contact_inboxes.id as session_id',
        'contact_inboxes.source_id',
        'contact_inboxes.hmac_verified',
        'contact_inboxes.claims',
        'contacts.id as contact_id',
        'contacts.name',
        'conversations.display_id',
        'conversations.last_incoming_at',
      ])
      .where('conversations.account_id', '=', account_id)
      .where('conversations.inbox_id', '=', inbox_id)
      .where('conversations.status', 'in', ['open', 'pending', 'resolved', 'snoozed'])
      .where('conversations.last_activity_at', '>=', since)
      .where('conversations.last_incoming_at', '>=', since)
      .orderBy('conversations.last_activity_at', 'desc')
      .orderBy('conversations.id', 'desc')
      .limit(maxConversations),
  );
}
