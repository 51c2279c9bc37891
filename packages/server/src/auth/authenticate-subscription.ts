/** Authentication of `/cable`: finds the grant of a subscription's parameters, by the same policies as HTTP (decisions.md 8). */
import type { App } from '../app.ts';
import type { FindGrant, GrantedStreams } from '../cable/subscription-grant.ts';
import type { SessionCaller } from '../caller.ts';
import { readProof, verifySession } from '../contacts/proof.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { Refusal } from '../errors.ts';
import { streamOf } from '../events/emit.ts';
import { isHardToGuess } from '../secrets.ts';
import { streamsOfMember } from './streams.ts';

const sessionByToken = preparedQuery((q, params: { token: string }) =>
  q.selectFrom('contact_inboxes').selectAll().where('pubsub_token', '=', params.token),
);
const inboxById = preparedQuery((q, params: { id: number }) =>
  q.selectFrom('inboxes').selectAll().where('id', '=', params.id),
);
const contactById = preparedQuery((q, params: { id: number }) =>
  q.selectFrom('contacts').selectAll().where('id', '=', params.id),
);
const memberByToken = preparedQuery((q, params: { token: string; user_id: number; account_id: number }) =>
  q
    .selectFrom('users')
    .innerJoin('account_users', 'account_users.user_id', 'users.id')
    .innerJoin('accounts', 'accounts.id', 'account_users.account_id')
    .select('account_users.role')
    .where('users.pubsub_token', '=', params.token)
    .where('users.id', '=', params.user_id)
    .where('accounts.id', '=', params.account_id)
    .where('accounts.status', '=', 'active'),
);

/** Parameters without `user_id` authenticate a contact session, others an agent (cable.md B.1). No grant for a wrong token. */
export const authenticateSubscription =
  (app: App): FindGrant =>
  async (params) => {
    const { pubsub_token: token, user_id } = params;
    if (typeof token !== 'string' || !token) return undefined;
    const isBlank = user_id === undefined || user_id === null || user_id === '';
    return isBlank ? findContactGrant(app, token, params) : findAgentGrant(app, token, params);
  };

async function findContactGrant(
  app: App,
  token: string,
  params: Readonly<Record<string, unknown>>,
): Promise<GrantedStreams | undefined> {
  const session = await app.db.get(sessionByToken(app.db, { token }));
  if (!session) return undefined;
  const inbox = await app.db.get(inboxById(app.db, { id: session.inbox_id }));
  const contact = await app.db.get(contactById(app.db, { id: session.contact_id }));
  if (!inbox || !contact) return undefined;
  const verified = await applyIdentityPolicy(app, { kind: 'session', inbox, session, contact }, params);
  if (!verified) return undefined;
  const tokenStream = streamOf.session(session.id);
  const { id: session_id, account_id, inbox_id } = session;
  const person = { kind: 'contact' as const, id: verified.contact.id, session_id, inbox_id };
  return { grant: { account_id, tokenStream, presenceSet: tokenStream, person }, streams: [tokenStream] };
}

/** The caller if the inbox's identity policy admits it, verified by a proof among the parameters; otherwise undefined. */
async function applyIdentityPolicy(
  app: App,
  caller: SessionCaller,
  params: Readonly<Record<string, unknown>>,
): Promise<SessionCaller | undefined> {
  const { inbox, session } = caller;
  if (inbox.identity_policy === 'legacy') return caller;
  try {
    const proof = readProof(params);
    if (proof) return await verifySession(app, caller, proof);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
  if (session.hmac_verified) return caller;
  return inbox.identity_policy === 'safe' && isHardToGuess(session.source_id) ? caller : undefined;
}

async function findAgentGrant(
  app: App,
  token: string,
  params: Readonly<Record<string, unknown>>,
): Promise<GrantedStreams | undefined> {
  const user_id = toId(params.user_id);
  const account_id = toId(params.account_id);
  if (user_id === undefined || account_id === undefined) return undefined;
  const member = await app.db.get(memberByToken(app.db, { token, user_id, account_id }));
  if (!member) return undefined;
  return {
    grant: {
      account_id,
      tokenStream: streamOf.user(user_id),
      presenceSet: streamOf.account(account_id),
      person: { kind: 'user', id: user_id },
    },
    streams: await streamsOfMember(app.db, { account_id, user_id, role: member.role }),
  };
}

/** Clients send ids as numbers or as text. Undefined for any other value. */
function toId(value: unknown): number | undefined {
  if (typeof value === 'string') return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
