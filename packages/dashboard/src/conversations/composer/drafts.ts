/** Texts that were typed and not sent, per conversation, as reply and as note: a note is kept on this device, a reply also on the server. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useDesk } from '../../live/desk.tsx';
import { useSession } from '../../session/session.ts';
import { readStored, writeStored } from '../../session/storage.ts';

export type Mode = 'reply' | 'note';

export interface ComposerDraft {
  text: string;
  mode: Mode;
  setText: (text: string) => void;
  setMode: (mode: Mode) => void;
  /** The text was handed to the outbox. */
  sent: () => void;
}

/** Text and mode of the composer. Each mode has a text of its own, so that a note never becomes a reply. */
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
