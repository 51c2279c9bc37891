/**
 * The reply that was begun, kept on the server as well, so that another device finds it. This device's own copy is the
 * fast one: the server is asked once, and told when the keys are quiet. The last to write wins.
 */
import { useEffect, useRef } from 'react';
import { api } from '../../api/api.ts';
import { useSession } from '../../session/session.ts';
import { remember, remembered } from '../../session/storage.ts';

/** Milliseconds without a key after which the server is told. */
const QUIET = 1_000;

const path = '/conversations/{conversation_id}/draft_messages' as const;

/** `take` is given what another device has written since. Without a connection nothing happens: the own copy stays. */
export function useServerDraft(conversation_id: number, reply: string, take: (reply: string) => void): void {
  const { account_id } = useSession();
  const key = `draft:${account_id}:${conversation_id}:server` as const;
  /** What the server has, as far as this device knows or has asked for. */
  const asked = useRef(remembered(key) ?? '');
  const calls = useRef(Promise.resolve());
  const waiting = useRef<() => void>(undefined);
  const latest = useRef({ reply, take });
  latest.current = { reply, take };

  const know = (text: string) => remember(key, text || undefined);
  const tell = (text: string) => {
    asked.current = text;
    calls.current = calls.current
      .then(() => api(`PATCH ${path}`, { conversation_id, message: text }))
      .then(
        () => know(text),
        () => {
          asked.current = remembered(key) ?? '';
        },
      );
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each conversation
  useEffect(() => {
    const known = asked.current;
    api(`GET ${path}`, { conversation_id }).then(
      (draft) => {
        const text = draft.has_draft ? draft.message : '';
        const here = latest.current.reply;
        // What was typed here and not told yet is newer.
        if (asked.current !== known || (here !== known && here !== text)) return;
        asked.current = text;
        know(text);
        if (text !== here) latest.current.take(text);
      },
      () => undefined,
    );
  }, [key]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: at every change of the text
  useEffect(() => {
    if (reply === asked.current) return;
    const write = () => {
      waiting.current = undefined;
      if (reply !== asked.current) tell(reply);
    };
    waiting.current = write;
    const timer = setTimeout(write, reply ? QUIET : 0);
    return () => clearTimeout(timer);
  }, [reply]);

  useEffect(() => {
    const write = () => waiting.current?.();
    const events = ['visibilitychange', 'pagehide'];
    for (const event of events) addEventListener(event, write);
    return () => {
      for (const event of events) removeEventListener(event, write);
      write();
    };
  }, []);
}
