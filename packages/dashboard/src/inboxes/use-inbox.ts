/** One inbox for its settings. */
import type { Inbox } from '@hoory/client';
import { type ApiInput, api, queries } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

/** Fields of an inbox to write. */
export type InboxChange = Omit<ApiInput<'PATCH /inboxes/{id}'>, 'id'>;

/** The props of every tab of the settings. */
export interface InboxDocument {
  inbox: Inbox;
  /** Writes some fields; what is shown follows the answer. @throws HooryError */
  save: (change: InboxChange) => Promise<void>;
  /** Shows what another call has answered. */
  put: (inbox: Inbox) => void;
}

/** One inbox as a document of the settings: `save` writes single fields, `put` shows an answer of the server. */
export function useInbox(id: number) {
  const { account_id } = useSession();
  const query = useApi('GET /inboxes/{id}', { id });
  const put = (inbox: Inbox) => {
    queries.setQueryData(['GET /inboxes/{id}', account_id, { id }], inbox);
    void invalidate('GET /inboxes');
  };
  const save = async (change: InboxChange) => put(await api('PATCH /inboxes/{id}', { id, ...change }));
  return { ...query, put, save };
}
