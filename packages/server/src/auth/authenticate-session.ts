/** Authentication of contact sessions: found by inbox identifier and `source_id`, then checked by the inbox's identity policy. */
import type { Endpoint } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { ConversationOwner, SessionCaller, SessionInbox } from '../caller.ts';
import { readProof, verifySession } from '../contacts/proof.ts';
import { columnsOf } from '../db/columns.ts';
import type { BatchRead } from '../db/db.ts';
import { jsonTriples, nested } from '../db/dialect.ts';
import { jsonRows } from '../db/json-rows.ts';
import { notFound, StaleCaller, unauthorized } from '../errors.ts';
import type { ApiRequest } from '../http/read-request.ts';
import { wasEndedInJson } from '../http/routed-url.ts';
import { isHardToGuess } from '../secrets.ts';
import type { CallerCache } from './caller-cache.ts';

/** Every request of a session reads its inbox: only what the verbs of sessions need. */
const inboxColumns = [
  'id',
  'account_id',
  'identifier',
  'identity_policy',
  'hmac_token',
  'previous_hmac_token',
  'previous_hmac_token_until',
  'additional_attributes',
  'agent_bot_id',
  'lock_to_single_conversation',
] as const satisfies readonly (keyof SessionInbox)[];

const conversationColumns = [
  'id',
  'contact_id',
  'contact_inbox_id',
] as const satisfies readonly (keyof ConversationOwner)[];

interface SessionPath {
  inbox_identifier: string;
  source_id: string;
  /** Of the conversation that the path names, if it does. */
  display_id: number | undefined;
}

const callerColumns = [
  'triple.position as position',
  ...nested('inboxes', inboxColumns, 'inbox'),
  ...nested('contact_inboxes', columnsOf.contact_inboxes, 'session'),
  ...nested('contacts', columnsOf.contacts, 'contact'),
  ...nested('conversations', conversationColumns, 'conversation'),
] as const;

const callersByPath = jsonRows<{ triples: unknown }, CallerRow>(callerColumns, (q, parameters, db) => {
  const callers = q
    .selectFrom(jsonTriples(db, parameters.triples))
    .innerJoin('inboxes', 'inboxes.identifier', 'triple.first')
    .innerJoin('contact_inboxes', (on) =>
      on
        .onRef('contact_inboxes.inbox_id', '=', 'inboxes.id')
        .onRef('contact_inboxes.source_id', '=', 'triple.second'),
    )
    .innerJoin('contacts', 'contacts.id', 'contact_inboxes.contact_id');
  const display_id = sql<number>`cast(triple.third as bigint)`;
  // PostgreSQL would rather read all conversations of a young database than look a few up.
  return db.dialect === 'sqlite'
    ? callers
        .leftJoin('conversations', (on) =>
          on
            .onRef('conversations.account_id', '=', 'inboxes.account_id')
            .on('conversations.display_id', '=', display_id),
        )
        .select(callerColumns)
    : callers
        .leftJoinLateral(
          (from) =>
            from
              .selectFrom('conversations')
              .select(conversationColumns)
              .whereRef('conversations.account_id', '=', 'inboxes.account_id')
              .where('conversations.display_id', '=', display_id)
              .offset(sql<number>`0`)
              .as('conversations'),
          (on) => on.onTrue(),
        )
        .select(callerColumns);
});

type CallerRow = Required<Omit<SessionCaller, 'kind'>> & { position: number };

const findCallers: BatchRead<SessionPath, SessionCaller | undefined> = async (db, paths) => {
  const triples = JSON.stringify(
    paths.map(({ inbox_identifier, source_id, display_id }) => [inbox_identifier, source_id, display_id]),
  );
  const callers: (SessionCaller | undefined)[] = paths.map(() => undefined);
  for (const row of await callersByPath(db, { triples })) {
    const { position, inbox, session, contact, conversation } = row;
    callers[position] = {
      kind: 'session',
      inbox,
      session,
      contact,
      ...(conversation.id !== null && { conversation }),
    };
  }
  return callers;
};

/**
 * The session that the path names, from the database, or from the cache where `mayUseCache` allows it.
 * @throws not_found when there is no such inbox, or no such session in it
 */
export async function authenticateSession(
  app: App,
  request: ApiRequest,
  { cache, mayUseCache }: { cache: CallerCache; mayUseCache: boolean },
): Promise<SessionCaller> {
  const { inbox_identifier = '', contact_identifier = '', conversation_id } = request.params;
  const display_id = conversation_id === undefined ? undefined : toDisplayId(conversation_id);
  // PostgreSQL knows no text with NUL, so nothing is called so.
  if (`${inbox_identifier}${contact_identifier}`.includes('\0')) throw notFound();
  for (const source_id of sourceIds(request, contact_identifier)) {
    const key = `${inbox_identifier}\0${source_id}\0${display_id}`;
    const cached = mayUseCache ? cache.get(key) : undefined;
    if (cached) return cached;
    const caller = await app.db.readMany(findCallers, { inbox_identifier, source_id, display_id });
    cache.set(key, caller);
    if (caller) return caller;
  }
  throw notFound();
}

/** What is not a number names no conversation, which its verb's schema says. */
function toDisplayId(text: string): number | undefined {
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** The `source_id` of a path that ended in `.json` may really end so (decisions.md 8). */
function sourceIds({ raw, routeOptions }: ApiRequest, source_id: string): string[] {
  const mayEndInJson = wasEndedInJson(raw) && !routeOptions.url?.includes(':contact_identifier/');
  return mayEndInJson ? [`${source_id}.json`, source_id] : [source_id];
}

/**
 * Applies the inbox's identity policy with the proof that the request carries, which verifies the session.
 * @throws invalid 422 for a proof that is no text
 * @throws unauthorized 401 for a wrong proof, and where the policy asks for one that is not there
 * @throws StaleCaller in place of both for a cached caller: neither proofs nor refusals may rest on stale data
 */
export function applyIdentityPolicy(
  app: App,
  endpoint: Endpoint,
  caller: SessionCaller,
  input: Record<string, unknown>,
): SessionCaller | Promise<SessionCaller> {
  const { inbox } = caller;
  // As upstream, only the contact's own routes look at a hash (client-api.md section 4).
  if (inbox.identity_policy === 'legacy' && endpoint.path.includes('/conversations')) return caller;
  const proof = readProof(input);
  if (!proof && needsNoProof(caller)) return caller;
  if (caller.isCached) throw new StaleCaller();
  if (proof) return verifySession(app, caller, proof);
  throw unauthorized(
    inbox.identity_policy === 'enforce'
      ? 'This inbox needs a proof of identity: send identifier and identifier_hash'
      : 'This session has a guessable source_id: send identifier and identifier_hash',
  );
}

function needsNoProof({ inbox: { identity_policy }, session }: SessionCaller): boolean {
  if (session.hmac_verified || identity_policy === 'legacy') return true;
  return identity_policy !== 'enforce' && isHardToGuess(session.source_id);
}
