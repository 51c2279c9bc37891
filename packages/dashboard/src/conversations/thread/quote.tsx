/** The message that a reply refers to, in one line above the reply. */
import type { AgentMessage } from '@hoory/client';
import { useDeskState } from '../../live/desk.tsx';
import { toPreview } from './preview.ts';

/** Shown only while the quoted message is loaded. */
export function Quote({ of: message }: { of: AgentMessage }) {
  const { in_reply_to } = message.content_attributes;
  const quoted = useDeskState(({ threads }) =>
    in_reply_to
      ? threads.get(message.conversation_id)?.messages.find(({ id }) => id === Number(in_reply_to))
      : undefined,
  );
  if (!quoted) return null;
  return (
    <blockquote className="mb-1 truncate border-s-2 border-current/40 ps-2 text-xs opacity-80">
      {toPreview(quoted) || '…'}
    </blockquote>
  );
}
