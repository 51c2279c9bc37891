/** The public view of an inbox, for anyone who knows its identifier (client-api.md 5.1). */
import type { clientInboxes } from '@hoory/contract';
import { notFound } from '../errors.ts';
import type { Routes } from '../http/routes.ts';
import { toPublicInbox } from './wire.ts';

export const clientInboxRoutes: Routes<typeof clientInboxes> = {
  getInbox: async (app, _caller, { inbox_identifier }) => {
    const inbox = await app.db.get(
      app.db.q.selectFrom('inboxes').selectAll().where('identifier', '=', inbox_identifier),
    );
    if (!inbox) throw notFound();
    return toPublicInbox(inbox);
  },
};
