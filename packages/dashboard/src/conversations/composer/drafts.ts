/**
 * The draft of the composer: a reply and a private note for each conversation. A note is stored on this device only, a
 * reply also on the server.
 */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useDesk } from '../../live/desk.tsx';
import { useSession } from '../../session/session.ts';
import { readStored, writeStored } from '../../session/storage.ts';

export type Mode = 'reply' | 'note';

/** Text and mode of the composer. */
export interface ComposerDraft {
  text: string;
  mode: Mode;
  setText: (text: string) => void;
  setMode: (mode: Mode) => void;
  /** The text was handed to the outbox. */
  sent: () => void;
}

/**
 * The draft of a conversation. Reply and note have separate texts, so that a note never becomes a reply. The reply is
 * refreshed from the server on opening and written on leaving.
 */
export function useDraft(conversation_id: number): ComposerDraft {
  const { account_id } = useSession();
  const { drafts } = useDesk();
  const reply = drafts.of(account_id, conversation_id);
  const replyText = useSyncExternalStore(reply.subscribe, reply.text);
  const noteKey = `draft:${account_id}:${conversation_id}:note` as const;
  const [note, setNote] = useState(() => readStored(noteKey) ?? '');
  // An agent with a note and no reply continues the note.
  const [mode, setMode] = useState<Mode>(() => (!replyText && note ? 'note' : 'reply'));
  useEffect(() => {
    void reply.refresh();
    return () => reply.flush();
  }, [reply]);

  const writeNote = (text: string) => {
    setNote(text);
    writeStored(noteKey, text || undefined);
  };
  return mode === 'note'
    ? { text: note, mode, setMode, setText: writeNote, sent: () => writeNote('') }
    : { text: replyText, mode, setMode, setText: (text) => reply.set(text), sent: () => reply.sent() };
}
