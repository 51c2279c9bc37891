/** What was typed and not sent, per conversation, as reply and as note: kept on this device until it is sent; a reply also on the server. */
import { useState } from 'react';
import { useSession } from '../../session/session.ts';
import { remember, remembered } from '../../session/storage.ts';
import { useServerDraft } from './server-draft.ts';

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
  const set = (one: Mode, text: string) => {
    setTexts((before) => ({ ...before, [one]: text }));
    remember(key(one), text || undefined);
  };
  useServerDraft(conversation_id, texts.reply, (reply) => set('reply', reply));
  return { text: texts[mode], mode, setMode, setText: (text) => set(mode, text) };
}
