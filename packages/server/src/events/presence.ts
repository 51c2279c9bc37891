/** Announces on the bus that the presence of somebody in an account has changed, so that each node sends it to its sockets (cable.md B.4). */
import type { App } from '../app.ts';
import { readObject } from '../stored-json.ts';
import { onTopic } from './topics.ts';

/** Topic of the transient on the bus. */
const topic = 'presence';

/** Announces that a user or contact of the account came, left or set another availability. Call it after the commit of a stored change. */
export function publishPresenceChange({ bus }: Pick<App, 'bus'>, account_id: number): void {
  bus.publish({ transient: { topic, payload: JSON.stringify({ account_id }) } });
}

/** Calls `handle` with the account of each announced change until the returned function is called. */
export const onPresenceChange = (
  { bus }: Pick<App, 'bus'>,
  handle: (account_id: number) => void,
): (() => void) =>
  onTopic(bus, topic, (payload) => {
    const { account_id } = readObject(payload);
    if (typeof account_id === 'number') handle(account_id);
  });
