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
import { notFound, unauthorized } from '../errors.ts';
import type { ApiRequest } from '../http/read-request.ts';
import { wasEndedInJson } from '../http/routed-url.ts';
import { isHardToGuess } from '../secrets.ts';

/** Columns of the inbox that verbs of sessions need; not all, because every request of a session reads them. */
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
  /** The conversation in the path, if there is one. */
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
  // A lateral join with `offset 0` makes PostgreSQL look up one conversation at a time: with the statistics of a new database it
  // would scan the table.
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

/** Finds the callers of many requests with one query, in the order of `paths`; undefined where there is no such session. */
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
 * The session that the path names.
 * @throws not_found when there is no such inbox, or no such session in it
 */
export async function authenticateSession(app: App, request: ApiRequest): Promise<SessionCaller> {
  const { inbox_identifier = '', contact_identifier = '', conversation_id } = request.params;
  const display_id = conversation_id === undefined ? undefined : toDisplayId(conversation_id);
  // PostgreSQL rejects text with NUL, so no identifier contains it.
  if (`${inbox_identifier}${contact_identifier}`.includes('\0')) throw notFound();
  for (const source_id of sourceIds(request, contact_identifier)) {
    const caller = await app.db.readMany(findCallers, { inbox_identifier, source_id, display_id });
    if (caller) return caller;
  }
  throw notFound();
}

/** Undefined when the text is not an integer: the schema of the endpoint refuses it later. */
function toDisplayId(text: string): number | undefined {
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Candidates for the `source_id`: a `.json` at the end of the path may be a format suffix or part of the id (decisions.md 8). */
function sourceIds({ raw, routeOptions }: ApiRequest, source_id: string): string[] {
  const mayEndInJson = wasEndedInJson(raw) && !routeOptions.url?.includes(':contact_identifier/');
  return mayEndInJson ? [`${source_id}.json`, source_id] : [source_id];
}

/**
 * Applies the inbox's identity policy. A proof in the input is checked and marks the session as verified.
 * @throws invalid 422 for a proof that is not a text
 * @throws unauthorized 401 for a wrong proof, and for a missing one that the policy requires
 */
export function applyIdentityPolicy(
  app: App,
  endpoint: Endpoint,
  caller: SessionCaller,
  input: Record<string, unknown>,
): SessionCaller | Promise<SessionCaller> {
  const { inbox } = caller;
  // Chatwoot checks the hash on the contact's own routes only (client-api.md section 4).
  if (inbox.identity_policy === 'legacy' && endpoint.path.includes('/conversations')) return caller;
  const proof = readProof(input);
  if (!proof && needsNoProof(caller)) return caller;
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
