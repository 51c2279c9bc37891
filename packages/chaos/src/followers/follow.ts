/** The followers of a run: every kind for each followed person. */
import type { AgentAccess, CustomerAccess, Office } from '../load/office.ts';
import { accountPath, sessionPath } from '../load/office.ts';
import { followWithAnycable } from './anycable.ts';
import { followFeed } from './feed.ts';
import type { Follower, Identity, Surroundings } from './follower.ts';
import { followOnPage } from './page.ts';
import { followWithRails } from './rails.ts';
import { followWithAgentSdk, followWithSdk } from './sdk.ts';

export interface FollowOptions {
  office: Office;
  customers: readonly CustomerAccess[];
  /** Path of Chromium, where it is to be used. */
  chromium: string | undefined;
}

export async function follow(surroundings: Surroundings, options: FollowOptions): Promise<Follower[]> {
  const { office, customers, chromium } = options;
  const { installation } = office;
  const followers = customers.flatMap((customer) => followCustomer(surroundings, { office, customer }));
  for (const name of ['administrator', 'agent'] as const)
    followers.push(...followAgent(surroundings, { office, name, access: installation[name] }));
  const [first] = customers;
  if (chromium && first) {
    const inbox = installation.inbox_identifier;
    const identity = customerIdentity(office, first);
    followers.push(await followOnPage(surroundings, { identity, inbox, session: first, program: chromium }));
  }
  return followers;
}

const customerIdentity = (office: Office, { name, source_id, pubsub_token }: CustomerAccess): Identity => ({
  name,
  role: 'customer',
  params: { pubsub_token },
  path: sessionPath(office, source_id),
  headers: {},
});

function followCustomer(
  surroundings: Surroundings,
  { office, customer }: { office: Office; customer: CustomerAccess },
): Follower[] {
  const identity = customerIdentity(office, customer);
  const inbox = office.installation.inbox_identifier;
  return [
    followFeed(surroundings, identity),
    followWithAnycable(surroundings, identity),
    followWithRails(surroundings, identity),
    followWithSdk(surroundings, { identity, inbox, session: customer }),
  ];
}

function followAgent(
  surroundings: Surroundings,
  { office, name, access }: { office: Office; name: string; access: AgentAccess },
): Follower[] {
  const { account_id } = office.installation;
  const { user_id, pubsub_token, access_token } = access;
  const identity: Identity = {
    name,
    role: 'agent',
    params: { pubsub_token, account_id, user_id },
    path: accountPath(office),
    headers: { api_access_token: access_token },
  };
  return [
    followFeed(surroundings, identity),
    followWithAnycable(surroundings, identity),
    followWithRails(surroundings, identity),
    followWithAgentSdk(surroundings, { identity, account_id, accessToken: access_token }),
  ];
}
