/** Report of the recent sessions that each identity policy would refuse, before an inbox gets a stricter one (decisions.md 8). */
import type { IdentityReport } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { isHardToGuess } from '../secrets.ts';
import { getInbox } from './store.ts';

const reportSpanMs = 30 * 86_400_000;

/** Conversations that the report reads, the newest first. */
const maxConversations = 5_000;

/** Unverified sessions named in the report. */
const maxExamples = 20;

/** Counts the sessions that wrote in the last 30 days, and how many of them each policy would refuse. @throws not_found */
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
  const sessions = newest.map((row) => ({
    ...row,
    guessable: !isHardToGuess(row.source_id),
    claiming: row.claims !== '{}',
  }));
  const unverified = sessions.filter(({ hmac_verified }) => !hmac_verified);
  const guessableCount = unverified.filter(({ guessable }) => guessable).length;
  return {
    since: Math.floor(since / 1000),
    complete: rows.length < maxConversations,
    sessions: {
      active: sessions.length,
      verified: sessions.length - unverified.length,
      guessable: guessableCount,
      claiming: unverified.filter(({ claiming }) => claiming).length,
    },
    refused: { legacy: 0, safe: guessableCount, enforce: unverified.length },
    examples: unverified.slice(0, maxExamples).map((session) => ({
      contact_id: session.contact_id,
      name: session.name,
      conversation_id: session.display_id,
      last_incoming_at: Math.floor((session.last_incoming_at ?? 0) / 1000),
      guessable: session.guessable,
      claiming: session.claiming,
    })),
  };
}

/** Conversations in which the customer wrote since then, with their session and contact, the newest first. */
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
