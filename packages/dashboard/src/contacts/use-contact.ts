/** One contact for its page. */
import type { Contact } from '@hoory/client';
import { type ApiInput, api, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

/** Fields of a contact to write. */
export type ContactChange = Omit<ApiInput<'PATCH /contacts/{id}'>, 'id'>;

/** Writes some fields, and shows the answer. @throws HooryError */
export type SaveContact = (change: ContactChange) => Promise<void>;

/**
 * The contact with `save`, which writes fields, and `put`, which shows the answer of another request. Lists of contacts
 * are read again.
 */
export function useContact(id: number) {
  const { account_id } = useSession();
  const query = useApi('GET /contacts/{id}', { id });
  const put = (contact: Contact) => {
    queries.setQueryData(['GET /contacts/{id}', account_id, { id }], { payload: contact });
    void queries.invalidateQueries({ queryKey: ['contacts'] });
  };
  const save: SaveContact = async (change) =>
    put((await api('PATCH /contacts/{id}', { id, ...change })).payload);
  return { ...query, contact: query.data?.payload, put, save };
}
