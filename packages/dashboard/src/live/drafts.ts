/** The begun replies of one agent, by conversation; follows the page's end and the other tabs. */
import { agentOf, currentSession } from '../session/session.ts';
import { remember, remembered } from '../session/storage.ts';
import { Draft, type StoredDraft } from './draft.ts';

export interface Drafts {
  /** The same object for the same conversation. */
  of(account_id: number, conversation_id: number): Draft;
  close(): void;
}

/** One `Draft` for each conversation, so that two components never write the same draft. */
export function openDrafts(user_id: number): Drafts {
  const drafts = new Map<string, Draft>();
  const each = (act: (draft: Draft) => void) => () => {
    for (const draft of drafts.values()) act(draft);
  };
  const listeners: Record<string, (event: Event) => void> = {
    visibilitychange: each((draft) => draft.flush()),
    pagehide: each((draft) => draft.leave()),
    storage: (event) => drafts.get((event as StorageEvent).key ?? '')?.follow(),
  };
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener);
  return {
    of(account_id, conversation_id) {
      const key = `draft:${account_id}:${conversation_id}:reply` as const;
      const name = `hoory.desk.${key}`;
      const draft = drafts.get(name) ?? createDraft(key, { user_id, account_id, conversation_id });
      drafts.set(name, draft);
      return draft;
    },
    close() {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener);
      each((draft) => draft.flush())();
    },
  };
}

/** Milliseconds for one call: a reply that was sent waits until the call that stores its draft has ended. */
const timeout = 5_000;

interface Owner {
  user_id: number;
  account_id: number;
  conversation_id: number;
}

function createDraft(key: `draft:${string}`, { user_id, ...conversation }: Owner): Draft {
  const own = agentOf(user_id);
  const path = '/api/v1/accounts/{account_id}/conversations/{conversation_id}/draft_messages' as const;
  return new Draft({
    read: async () => {
      const draft = await own.call(`GET ${path}`, conversation, { timeout });
      return draft.has_draft ? draft.message : '';
    },
    write: (message) => own.call(`PATCH ${path}`, { ...conversation, message }, { timeout }),
    load: () => parse(remembered(key)),
    save: (draft) => {
      // The drafts of a person go with the sign-in.
      if (currentSession()?.user.id === user_id) remember(key, draft && JSON.stringify(draft));
    },
  });
}

function parse(text: string | undefined): StoredDraft | undefined {
  try {
    return text ? (JSON.parse(text) as StoredDraft) : undefined;
  } catch {
    return undefined;
  }
}
