/**
 * Notes that agents write about a contact; the customer never gets them (application-api.md sections 4.11 and 6.7). `account_id`
 * and `contact_id` are always null, as upstream answers them.
 */
import Type, { type Static } from 'typebox';
import { Agent } from './agents.ts';
import { endpoints } from './endpoint.ts';
import { accountKeys, accountPath } from './paths.ts';
import { alwaysNull, fields, filledText, Id, named, UnixSeconds } from './schema.ts';

/** A note with its author. */
export const Note = named('Note', {
  id: Id,
  content: Type.String(),
  account_id: alwaysNull(Id),
  contact_id: alwaysNull(Id),
  user: Type.Optional(Agent),
  created_at: UnixSeconds,
  updated_at: UnixSeconds,
});
export type Note = Static<typeof Note>;

const path = `${accountPath}/contacts/{contact_id}/notes` as const;
const contactParams = fields({ ...accountKeys, contact_id: Id });
const params = fields({ ...accountKeys, contact_id: Id, id: Id });
const input = fields({ content: filledText(150_000) });

export const agentNotes = endpoints({
  agentListNotes: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Notes',
    summary: 'List the notes about a contact, newest first',
    params: contactParams,
    returns: Type.Array(Note),
  },
  agentCreateNote: {
    method: 'POST',
    path,
    auth: 'agent',
    root: 'note',
    tag: 'Notes',
    summary: 'Note something about a contact',
    params: contactParams,
    body: input,
    returns: Note,
  },
  agentGetNote: {
    method: 'GET',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Notes',
    summary: 'Read a note',
    params,
    returns: Note,
  },
  agentUpdateNote: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'agent',
    root: 'note',
    tag: 'Notes',
    summary: 'Change a note',
    params,
    body: Type.Partial(input),
    returns: Note,
  },
  agentDeleteNote: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Notes',
    summary: 'Delete a note',
    params,
    returns: null,
  },
});
