/** Tells the customer and the other agents that this agent is typing. */
import { TypingSignal } from '@hoory/client';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/api.ts';
import type { Mode } from './drafts.ts';

/**
 * Returns the signal: call `key()` at every key, and `stop()` when the message is sent. Typing a note is announced to
 * agents only.
 */
export function useTyping(conversation_id: number, mode: Mode): TypingSignal {
  const signal = useMemo(
    () =>
      new TypingSignal((typing_status) => {
        const input = { conversation_id, typing_status, is_private: mode === 'note' };
        // A lost signal does little harm: the next key sends it again.
        api('POST /conversations/{conversation_id}/toggle_typing_status', input).catch(() => undefined);
      }),
    [conversation_id, mode],
  );
  // Leaving the conversation, or changing between reply and note, ends the typing.
  useEffect(() => () => signal.stop(), [signal]);
  return signal;
}
