/** Tells every node that a user came, went or set another availability, so that sockets are told who is here (cable.md B.4). */
import type { App } from '../app.ts';

/** Topic of the transient on the bus. */
const topic = 'presence';

/** Publishes that who is here has changed in an account. Called after the commit of a change that is kept. */
export function tellPresence({ bus }: Pick<App, 'bus'>, account_id: number): void {
  bus.publish({ transient: { topic, payload: JSON.stringify({ account_id }) } });
}

/** Calls `hear` with the account whenever who is here has changed, until the returned function is called. */
export function followPresence({ bus }: Pick<App, 'bus'>, hear: (account_id: number) => void): () => void {
  return bus.subscribe((notice) => {
    if ('transient' in notice && notice.transient.topic === topic)
      hear((JSON.parse(notice.transient.payload) as { account_id: number }).account_id);
  });
}
