/** Tells the customer and the other agents that this agent types; and that it has stopped. */
import { useEffect, useRef } from 'react';
import { api } from '../../api/api.ts';
import type { Mode } from './drafts.ts';

/** Milliseconds after which typing is said again, and without a key is over. */
const AGAIN = 10_000;
const IDLE = 4_000;

/** @returns what to call at every key, and when the message has been sent */
export function useTyping(conversation_id: number, mode: Mode): { type: () => void; stop: () => void } {
  const state = useRef({ saidAt: 0, idle: undefined as ReturnType<typeof setTimeout> | undefined });
  const tell = (typing_status: 'on' | 'off') =>
    // Nobody misses much when this is lost.
    void api('POST /conversations/{conversation_id}/toggle_typing_status', {
      conversation_id,
      typing_status,
      is_private: mode === 'note',
    }).catch(() => undefined);
  const stop = () => {
    clearTimeout(state.current.idle);
    if (state.current.saidAt) tell('off');
    state.current.saidAt = 0;
  };
  const type = () => {
    const now = Date.now();
    if (now - state.current.saidAt > AGAIN) {
      state.current.saidAt = now;
      tell('on');
    }
    clearTimeout(state.current.idle);
    state.current.idle = setTimeout(stop, IDLE);
  };
  const stopLatest = useRef(stop);
  stopLatest.current = stop;
  // biome-ignore lint/correctness/useExhaustiveDependencies: leaving the conversation, or the tab, ends it
  useEffect(() => () => stopLatest.current(), [conversation_id, mode]);
  return { type, stop };
}
