/** Contact sessions at the gate: found by inbox identifier and `source_id`, admitted by the inbox's identity policy. */
import type { Endpoint } from '@hoory/contract';
import type { FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { SessionCaller, SessionInbox } from '../caller.ts';
import { proofOf, verifySession } from '../contacts/proof.ts';
import { statement } from '../db/statement.ts';
import type { ContactInboxRow, ContactRow } from '../db/tables.ts';
import { notFound, unauthorized } from '../errors.ts';
import { isHardToGuess } from '../secrets.ts';

/** Every request of a session reads its inbox: only what the verbs of sessions need. */
const gateColumns = [
  'id',
  'account_id',
  'identity_policy',
  'hmac_token',
  'previous_hmac_token',
  'previous_hmac_token_until',
  'additional_attributes',
  'agent_bot_id',
  'lock_to_single_conversation',
] as const satisfies readonly (keyof SessionInbox)[];

const inboxByIdentifier = statement((q, place: { identifier: string }) =>
  q.selectFrom('inboxes').select(gateColumns).where('identifier', '=', place.identifier),
);
const sessionBySource = statement((q, place: { inbox_id: number; source_id: string }) =>
  q
    .selectFrom('contact_inboxes')
    .selectAll()
    .where('inbox_id', '=', place.inbox_id)
    .where('source_id', '=', place.source_id),
);
const contactById = statement((q, place: { id: number }) =>
  q.selectFrom('contacts').selectAll().where('id', '=', place.id),
);

/** @throws not_found when there is no such inbox, or no such session in it */
export async function identifySession(app: App, request: FastifyRequest): Promise<SessionCaller> {
  const { inbox_identifier, contact_identifier } = request.params as Record<string, string>;
  // PostgreSQL knows no text with NUL, so nothing is called so.
  if (`${inbox_identifier}${contact_identifier}`.includes('\0')) throw notFound();
  const inbox = (await app.db.get(inboxByIdentifier(app.db, { identifier: inbox_identifier ?? '' }))) as
    | SessionInbox
    | undefined;
  if (!inbox) throw notFound();
  for (const source_id of sourceIds(request, contact_identifier ?? '')) {
    const session = (await app.db.get(sessionBySource(app.db, { inbox_id: inbox.id, source_id }))) as
      | ContactInboxRow
      | undefined;
    if (session) {
      const contact = (await app.db.get(contactById(app.db, { id: session.contact_id }))) as ContactRow;
      return { kind: 'session', inbox, session, contact };
    }
  }
  throw notFound();
}

/** A path that ended in `.json` may name a session that is really called so (design.md section 8). */
function sourceIds(request: FastifyRequest, source_id: string): string[] {
  const ended =
    (request.raw as { endedInJson?: boolean }).endedInJson &&
    !request.routeOptions.url?.includes(':contact_identifier/');
  return ended ? [`${source_id}.json`, source_id] : [source_id];
}

/**
 * Applies the inbox's identity policy with the proof that the request carries, which verifies the session.
 * @throws unauthorized 401 for a wrong proof, and where the policy asks for one that is not there
 */
export async function admitSession(
  app: App,
  endpoint: Endpoint,
  caller: SessionCaller,
  input: Record<string, unknown>,
): Promise<SessionCaller> {
  const { inbox, session } = caller;
  // As upstream, only the contact's own routes look at a hash (client-api.md section 4).
  if (inbox.identity_policy === 'legacy' && endpoint.path.includes('/conversations')) return caller;
  const proof = proofOf(input);
  if (proof) return verifySession(app, caller, proof);
  if (session.hmac_verified || inbox.identity_policy === 'legacy') return caller;
  if (inbox.identity_policy === 'enforce')
    throw unauthorized('This inbox needs a proof of identity: send identifier and identifier_hash');
  if (!isHardToGuess(session.source_id))
    throw unauthorized('This session has a guessable source_id: send identifier and identifier_hash');
  return caller;
}
