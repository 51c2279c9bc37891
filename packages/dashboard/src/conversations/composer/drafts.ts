/** What was typed and not sent, per conversation, as reply and as note: kept on this device until it is sent. */
import { useState } from 'react';
import { useSession } from '../../session/session.ts';
import { remember, remembered } from '../../session/storage.ts';

export type Mode = 'reply' | 'note';

export interface Draft {
  text: string;
  mode: Mode;
  setText: (text: string) => void;
  setMode: (mode: Mode) => void;
}

export function useDraft(conversation_id: number): Draft {
  const { account_id } = useSession();
  const key = (mode: Mode) => `draft:${account_id}:${conversation_id}:${mode}` as const;
  const read = (mode: Mode) => remembered(key(mode)) ?? '';
  // Whoever was writing a note goes on writing a note.
  const [mode, setMode] = useState<Mode>(() => (!read('reply') && read('note') ? 'note' : 'reply'));
  const [texts, setTexts] = useState(() => ({ reply: read('reply'), note: read('note') }));
  return {
    text: texts[mode],
    mode,
    setMode,
    setText(text) {
      setTexts((before) => ({ ...before, [mode]: text }));
      remember(key(mode), text || undefined);
    },
  };
}
