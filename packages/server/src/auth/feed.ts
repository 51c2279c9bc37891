/** Event feeds of the client API and the agent API: finds the streams of the caller, which `events/feed.ts` reads. */
import type { agentFeed, clientFeed } from '@hoory/contract';
import type { App } from '../app.ts';
import type { ContactInboxRow } from '../db/tables.ts';
import { notAuthorized, unauthorized } from '../errors.ts';
import { streamOf } from '../events/emit.ts';
import { readFeed } from '../events/feed.ts';
import type { Routes } from '../http/routes.ts';
import { authenticateSubscription } from './authenticate-subscription.ts';
import { streamsOfMember } from './streams.ts';

export const clientFeedRoutes: Routes<typeof clientFeed> = {
  listEvents: (app, { session }, { after, streams, limit = 100, wait = 0 }, { signal }) =>
    readFeed(app, {
      holder: streamOf.session(session.id),
      streams: () => streamsOfSession(app, session),
      after,
      positions: streams,
      limit,
      wait,
      signal,
    }),
};

export const agentFeedRoutes: Routes<typeof agentFeed> = {
  agentListEvents: (app, { user, account }, { after, streams, limit = 100, wait = 0 }, { signal }) =>
    readFeed(app, {
      holder: `${streamOf.user(user.id)} ${streamOf.account(account.id)}`,
      streams: () => streamsOfUser(app, { account_id: account.id, user_id: user.id }),
      after,
      positions: streams,
      limit,
      wait,
      signal,
    }),
};

/**
 * @throws unauthorized 401 when the inbox requires a proof by now, or the session was deleted, since the request was authenticated
 */
async function streamsOfSession(app: App, { pubsub_token }: ContactInboxRow): Promise<readonly string[]> {
  const granted = await authenticateSubscription(app)({ pubsub_token });
  if (!granted) throw unauthorized('This session may no longer listen: send identifier and identifier_hash');
  return granted.streams;
}

/** @throws not_authorized 401 when the user has left the account since the request was authenticated */
async function streamsOfUser(
  app: App,
  { account_id, user_id }: { account_id: number; user_id: number },
): Promise<string[]> {
  const member = await app.db.get(
    app.db.q
      .selectFrom('account_users')
      .select('role')
      .where('account_id', '=', account_id)
      .where('user_id', '=', user_id),
  );
  if (!member) throw notAuthorized();
  return streamsOfMember(app.db, { account_id, user_id, role: member.role });
}
