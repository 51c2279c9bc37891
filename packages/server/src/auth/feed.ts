/** The feeds of both APIs: whose streams they are; reading them is `events/feed.ts`. */
import type { agentFeed, clientFeed } from '@hoory/contract';
import type { App } from '../app.ts';
import { notAuthorized } from '../errors.ts';
import { streamOf } from '../events/emit.ts';
import { readFeed } from '../events/feed.ts';
import type { Routes } from '../http/routes.ts';
import { streamsOfMember } from './streams.ts';

export const clientFeedRoutes: Routes<typeof clientFeed> = {
  listEvents: (app, { session }, { after, limit = 100, wait = 0 }, { signal }) => {
    const own = streamOf.session(session.id);
    return readFeed(app, { holder: own, streams: async () => [own], after, limit, wait, signal });
  },
};

export const agentFeedRoutes: Routes<typeof agentFeed> = {
  agentListEvents: (app, { user, account }, { after, limit = 100, wait = 0 }, { signal }) =>
    readFeed(app, {
      holder: `${streamOf.user(user.id)} ${streamOf.account(account.id)}`,
      streams: () => streamsOfUser(app, { account_id: account.id, user_id: user.id }),
      after,
      limit,
      wait,
      signal,
    }),
};

/** @throws not_authorized 401 when the user left the account meanwhile */
async function streamsOfUser(app: App, place: { account_id: number; user_id: number }): Promise<string[]> {
  const member = await app.db.get(
    app.db.q
      .selectFrom('account_users')
      .select('role')
      .where('account_id', '=', place.account_id)
      .where('user_id', '=', place.user_id),
  );
  if (!member) throw notAuthorized();
  return streamsOfMember(app.db, { ...place, role: member.role });
}
