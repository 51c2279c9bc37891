/** What the log told each audience from some moment on. */
import { eventsOf } from '../account.ts';
import type { Shop } from './shop.ts';

type Told = Record<'inbox' | 'session' | 'account', string[]>;

/** Names of the events since `listen`, in order, by stream. */
export type Heard = () => Promise<Told>;

/** Starts to listen for the inbox, this session (its row's id) and the account. */
export async function listen({ app, inbox, account_id }: Shop, session_id: number): Promise<Heard> {
  const read = async (): Promise<Told> => {
    const names = async (stream: string) => (await eventsOf(app, stream)).map(({ event }) => event);
    return {
      inbox: await names(`inbox:${inbox.id}`),
      session: await names(`session:${session_id}`),
      account: await names(`account:${account_id}`),
    };
  };
  const before = await read();
  return async () => {
    const told = await read();
    return {
      inbox: told.inbox.slice(before.inbox.length),
      session: told.session.slice(before.session.length),
      account: told.account.slice(before.account.length),
    };
  };
}
