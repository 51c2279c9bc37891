/** Notes: endpoint to verb. */
import type { agentNotes } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { createNote, deleteNote, listNotes, showNote, updateNote } from './notes.ts';

export const noteRoutes: Routes<typeof agentNotes> = {
  agentListNotes: listNotes,
  agentCreateNote: createNote,
  agentGetNote: showNote,
  agentUpdateNote: updateNote,
  agentDeleteNote: deleteNote,
};
