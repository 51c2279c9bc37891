/** Notes of an account's agents about a contact, which the contact never sees (application-api.md section 6.7). */
import type { Note } from '@hoory/contract';
import { type OnlineUsers, readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { findContact } from '../contacts/store.ts';
import type { Sql } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { NoteRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { on } from '../events/listeners.ts';
import { toUnix } from '../time.ts';

/** Parameters of the path `contacts/{contact_id}/notes/{id}`. */
interface ContactParams {
  contact_id: number;
}
interface NoteParams extends ContactParams {
  id: number;
}

/** Notes in the list. */
const maxListed = 500;

/** The newest 500 notes about the contact, newest first. @throws not_found for a contact of another account */
export async function listNotes(
  app: App,
  { account }: AgentCaller,
  { contact_id }: ContactParams,
): Promise<Note[]> {
  if (!(await findContact(app.db, account.id, contact_id))) throw notFound();
  const online = await readOnline(app, [account.id]);
  const rows: NoteRow[] = await app.db.all(
    noteQuery(app.db, { account_id: account.id, contact_id }).orderBy('id', 'desc').limit(maxListed),
  );
  return toNotesWithAuthors(app.db, account.id, { rows, online });
}

/** @throws not_found */
export async function showNote(app: App, { account }: AgentCaller, params: NoteParams): Promise<Note> {
  const online = await readOnline(app, [account.id]);
  const row = await getNote(app.db, account.id, params);
  return toNoteWithAuthor(app.db, account.id, { row, online });
}

/** @throws not_found for a contact of another account */
export async function createNote(
  app: App,
  { account, user }: AgentCaller,
  { contact_id, content }: ContactParams & { content: string },
): Promise<Note> {
  const online = await readOnline(app, [account.id]);
  return app.db.write(
    async (tx) => {
      if (!(await findContact(tx, account.id, contact_id))) throw notFound();
      const now = app.now();
      const id = await newId(tx, 'notes');
      const row: NoteRow = {
        id,
        account_id: account.id,
        contact_id,
        user_id: user.id,
        content,
        created_at: now,
        updated_at: now,
      };
      await tx.insertMany('notes', [row]);
      return toNoteWithAuthor(tx, account.id, { row, online });
    },
    [`contact:${contact_id}`],
  );
}

/** Replaces the content; without one, returns the note unchanged. @throws not_found */
export async function updateNote(
  app: App,
  { account }: AgentCaller,
  { content, ...params }: NoteParams & { content?: string },
): Promise<Note> {
  const online = await readOnline(app, [account.id]);
  return app.db.write(async (tx) => {
    const stored = await getNote(tx, account.id, params);
    if (content === undefined) return toNoteWithAuthor(tx, account.id, { row: stored, online });
    const row: NoteRow = { ...stored, content, updated_at: app.now() };
    await tx.updateMany('notes', [row], ['content', 'updated_at']);
    return toNoteWithAuthor(tx, account.id, { row, online });
  });
}

/** @throws not_found */
export async function deleteNote(app: App, { account }: AgentCaller, params: NoteParams): Promise<undefined> {
  await app.db.write(async (tx) => {
    const { id } = await getNote(tx, account.id, params);
    await tx.run(tx.q.deleteFrom('notes').where('id', '=', id));
  });
}

/** Listener: moves the notes of a merged contact to the contact that remains. */
export const moveMergedNotes = on('contact_merging', async (tx, { detail: { base_id, mergee_id } }) => {
  await tx.run(tx.q.updateTable('notes').set({ contact_id: base_id }).where('contact_id', '=', mergee_id));
});

const noteQuery = (db: Sql, { account_id, contact_id }: { account_id: number; contact_id: number }) =>
  db.q
    .selectFrom('notes')
    .selectAll()
    .where('contact_id', '=', contact_id)
    .where('account_id', '=', account_id);

/** @throws not_found, also for a note about another contact or of another account */
async function getNote(db: Sql, account_id: number, { contact_id, id }: NoteParams): Promise<NoteRow> {
  const row: NoteRow | undefined = await db.get(
    noteQuery(db, { account_id, contact_id }).where('id', '=', id),
  );
  if (!row) throw notFound();
  return row;
}

async function toNoteWithAuthor(
  db: Sql,
  account_id: number,
  { row, online }: { row: NoteRow; online: OnlineUsers },
): Promise<Note> {
  const [note] = await toNotesWithAuthors(db, account_id, { rows: [row], online });
  if (!note) throw notFound();
  return note;
}

/** Notes on the wire; an author who left the account is absent. */
async function toNotesWithAuthors(
  db: Sql,
  account_id: number,
  { rows, online }: { rows: readonly NoteRow[]; online: OnlineUsers },
): Promise<Note[]> {
  const authors = [...new Set(rows.flatMap(({ user_id }) => user_id ?? []))];
  const members = authors.length ? await listMembers(db, account_id, authors) : [];
  const byId = new Map(members.map((member) => [member.id, toAgent(member, online)]));
  return rows.map(({ id, content, user_id, created_at, updated_at }) => {
    const user = byId.get(user_id ?? 0);
    return {
      id,
      content,
      account_id: null,
      contact_id: null,
      ...(user && { user }),
      created_at: toUnix(created_at),
      updated_at: toUnix(updated_at),
    };
  });
}
