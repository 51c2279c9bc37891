/**
 * The reply drafts of one agent by conversation. Writes them when the tab is hidden or unloaded, and follows the changes that
 * other tabs store.
 */
import { isRecord } from '../json.ts';
import { agentOf, currentSession } from '../session/session.ts';
import { readStored, writeStored } from '../session/storage.ts';
import { Draft, type StoredDraft } from './draft.ts';

export interface Drafts {
  /** The same object for the same conversation. */
  of(account_id: number, conversation_id: number): Draft;
  close(): void;
}

/** One `Draft` for each conversation, so that two components never write the same draft. */
export function openDrafts(user_id: number): Drafts {
  const drafts = new Map<string, Draft>();
  const flushAll = () => {
    for (const draft of drafts.values()) draft.flush();
  };
  const writeAllBeforeUnload = () => {
    for (const draft of drafts.values()) draft.writeBeforeUnload();
  };
  const closing = new AbortController();
  const { signal } = closing;
  addEventListener('visibilitychange', flushAll, { signal });
  addEventListener('pagehide', writeAllBeforeUnload, { signal });
  addEventListener('storage', ({ key }) => drafts.get(key ?? '')?.reload(), { signal });
  return {
    of(account_id, conversation_id) {
      const key = `draft:${account_id}:${conversation_id}:reply` as const;
      const name = `hoory.desk.${key}`;
      const draft = drafts.get(name) ?? createDraft(key, { user_id, account_id, conversation_id });
      drafts.set(name, draft);
      return draft;
    },
    close() {
      closing.abort();
      flushAll();
    },
  };
}

/** Short: a reply that was sent waits until the call that writes its draft has ended. */
const TIMEOUT_MS = 5_000;

/** Whose draft it is, and of which conversation. */
interface Owner {
  user_id: number;
  account_id: number;
  conversation_id: number;
}

/** A draft with this device's storage and the server's draft of the conversation. */
function createDraft(key: `draft:${string}`, { user_id, ...conversation }: Owner): Draft {
  const client = agentOf(user_id);
  const path = '/api/v1/accounts/{account_id}/conversations/{conversation_id}/draft_messages' as const;
  return new Draft({
    read: async () => {
      const draft = await client.call(`GET ${path}`, conversation, { timeout: TIMEOUT_MS });
      return draft.has_draft ? draft.message : '';
    },
    write: (message) => client.call(`PATCH ${path}`, { ...conversation, message }, { timeout: TIMEOUT_MS }),
    load: () => parse(readStored(key)),
    save: (draft) => {
      // Signing out deletes all drafts: a late answer must not store one again.
      if (currentSession()?.user.id === user_id) writeStored(key, draft && JSON.stringify(draft));
    },
  });
}

/** A draft that cannot be read counts as none. */
function parse(text: string | undefined): StoredDraft | undefined {
  try {
    const draft: unknown = text ? JSON.parse(text) : undefined;
    return isStoredDraft(draft) ? draft : undefined;
  } catch {
    return undefined;
  }
}

const isStoredDraft = (value: unknown): value is StoredDraft =>
  isRecord(value) &&
  typeof value.text === 'string' &&
  typeof value.known === 'string' &&
  typeof value.isUnsure === 'boolean' &&
  typeof value.isSent === 'boolean';
