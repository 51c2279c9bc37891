/** Authentication of users and bots, by `api_access_token` or by sign-in headers (application-api.md section 2). */
import { type Endpoint, errors } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller, BotCaller, UserCaller } from '../caller.ts';
import { columnsOf } from '../db/columns.ts';
import type { BatchRead } from '../db/db.ts';
import { isAnyOf, isAnyTextOf, listValue, nested } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { AccountRow, AgentBotRow } from '../db/tables.ts';
import { notAuthorized, notFound, Refusal, unauthorized } from '../errors.ts';
import type { ApiRequest } from '../http/read-request.ts';
import { findSignIn } from './sign-ins.ts';

const userByToken = preparedQuery((q, params: { access_token: string }) =>
  q.selectFrom('users').selectAll().where('access_token', '=', params.access_token),
);
const botByToken = preparedQuery((q, params: { access_token: string }) =>
  q.selectFrom('agent_bots').selectAll().where('access_token', '=', params.access_token),
);
const accountById = preparedQuery((q, params: { id: number }) =>
  q.selectFrom('accounts').selectAll().where('id', '=', params.id),
);
const membership = preparedQuery((q, params: { account_id: number; user_id: number }) =>
  q
    .selectFrom('account_users')
    .selectAll()
    .where('account_id', '=', params.account_id)
    .where('user_id', '=', params.user_id),
);

/**
 * The user of the access token or, without a token, of the sign-in headers.
 * @throws unauthenticated 401 for missing or wrong sign-in headers, unauthorized 401 for an unknown token or a bot's
 */
export async function authenticateUser(app: App, request: Pick<ApiRequest, 'headers'>): Promise<UserCaller> {
  const token = tokenOf(request.headers);
  if (token !== undefined) {
    const user = await app.db.get(userByToken(app.db, { access_token: token }));
    if (!user) throw await refuseToken(app, token);
    return { kind: 'user', user, signIn: undefined };
  }
  const signIn = await findSignIn(app, request.headers);
  if (!signIn) throw new Refusal('unauthenticated', errors.unauthenticated.text);
  return { kind: 'user', user: signIn.user, signIn: { id: signIn.id, headers: signIn.headers } };
}

/** The refusal of a token that is no user's; the text says so when it is the token of a bot. */
const refuseToken = async (app: App, access_token: string) =>
  unauthorized(
    (await app.db.get(botByToken(app.db, { access_token })))
      ? 'Access to this endpoint is not authorized for bots'
      : errors.unauthorized.text,
  );

/** The access token of the request, not trimmed, in either spelling of the header; undefined without one and for a blank one. */
function tokenOf(headers: ApiRequest['headers']): string | undefined {
  for (const name of ['api_access_token', 'api-access-token']) {
    const value = headers[name];
    if (typeof value === 'string' && value.trim()) return value;
  }
  return undefined;
}

/**
 * The user as a member of the account in the path, or a bot of that account if the endpoint admits bots.
 * @throws not_found for an unknown account, unauthorized 401 for a suspended one or one that the caller is not in,
 * not_authorized 401 for an agent where the endpoint requires an administrator
 */
export async function authenticateAgent(
  app: App,
  endpoint: Endpoint,
  request: ApiRequest,
): Promise<AccountCaller> {
  const tokenMember = await findMember(app, request);
  if (tokenMember) return toAgentCaller(endpoint, tokenMember);
  const bot = endpoint.bot && (await findBot(app, request.headers));
  if (bot) return toBotCaller(app, bot, request);
  const { user, signIn } = await authenticateUser(app, request);
  const account = await accountOf(app, request);
  const { id } = account;
  const member = await app.db.get(membership(app.db, { account_id: id, user_id: user.id }));
  if (!member) throw refuseStranger(endpoint);
  return toAgentCaller(
    endpoint,
    { user, account, role: member.role === 'administrator' ? 'administrator' : 'agent' },
    signIn,
  );
}

type Member = Pick<AgentCaller, 'user' | 'account' | 'role'>;

function toAgentCaller(endpoint: Endpoint, member: Member, signIn?: AgentCaller['signIn']): AgentCaller {
  if (member.account.status === 'suspended') throw unauthorized('Account is suspended');
  if (endpoint.auth === 'administrator' && member.role !== 'administrator') throw notAuthorized();
  return { kind: 'agent', signIn, ...member };
}

const membersByToken = preparedQuery((q, params: { tokens: unknown; ids: unknown }, db) =>
  q
    .selectFrom('users')
    .innerJoin('account_users', 'account_users.user_id', 'users.id')
    .innerJoin('accounts', 'accounts.id', 'account_users.account_id')
    .select(nested('users', columnsOf.users, 'user'))
    .select(nested('accounts', columnsOf.accounts, 'account'))
    .select('account_users.role')
    .where(isAnyTextOf(db, 'users.access_token', params.tokens))
    .where(isAnyOf(db, 'accounts.id', params.ids)),
);

interface MemberKey {
  access_token: string;
  account_id: number;
}

const memberKey = ({ access_token, account_id }: MemberKey) => `${account_id} ${access_token}`;

/** Finds the members of many requests with one query, in the order of `keys`. */
const findMembers: BatchRead<MemberKey, Member | undefined> = async (db, keys) => {
  const tokens = listValue(db, [...new Set(keys.map(({ access_token }) => access_token))]);
  const ids = listValue(db, [...new Set(keys.map(({ account_id }) => account_id))]);
  // The columns of `nested` make these objects, which the query builder does not know.
  const rows = (await db.all(membersByToken(db, { tokens, ids }))) as unknown as Member[];
  const members = new Map(rows.map((row) => [memberKey({ ...row.user, account_id: row.account.id }), row]));
  return keys.map((key) => members.get(memberKey(key)));
};

/** The usual case in one query: a user's token and an account of theirs. All other cases take several queries. */
async function findMember(app: App, request: ApiRequest): Promise<Member | undefined> {
  const access_token = tokenOf(request.headers);
  if (access_token === undefined) return undefined;
  return app.db.readMany(findMembers, { access_token, account_id: accountIdOf(request) });
}

async function findBot(app: App, headers: ApiRequest['headers']): Promise<AgentBotRow | undefined> {
  const access_token = tokenOf(headers);
  if (access_token === undefined) return undefined;
  return app.db.get(botByToken(app.db, { access_token }));
}

async function toBotCaller(app: App, bot: AgentBotRow, request: ApiRequest): Promise<BotCaller> {
  const account = await accountOf(app, request);
  if (bot.account_id !== account.id) throw unauthorized('You are not authorized to access this account');
  if (account.status === 'suspended') throw unauthorized('Account is suspended');
  return { kind: 'bot', bot, account };
}

/** The account id in the path; 0, which no account has, for anything but digits. */
function accountIdOf(request: ApiRequest): number {
  const { account_id = '' } = request.params;
  return /^\d{1,15}$/.test(account_id) ? Number(account_id) : 0;
}

/** @throws not_found */
async function accountOf(app: App, request: ApiRequest): Promise<AccountRow> {
  const id = accountIdOf(request);
  const account = await app.db.get(accountById(app.db, { id }));
  if (!account) throw notFound();
  return account;
}

/** For a user of other accounts, the account itself is not found, and its records are refused (application-api.md section 2.3). */
const refuseStranger = ({ path }: Endpoint) =>
  path.endsWith('/{account_id}') ? notFound() : unauthorized('You are not authorized to access this account');
