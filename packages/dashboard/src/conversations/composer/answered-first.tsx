/** Warns an agent whose colleague has answered while the reply was being written, before a second answer goes out. */
import type { AgentMessage } from '@hoory/client';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { MessageType } from '../../live/message-type.ts';
import { useSession } from '../../session/session.ts';
import { Button } from '../../ui/button.tsx';
import { toPreview } from '../thread/preview.ts';
import { useConversationWords } from '../words.ts';

/** Answers of others, and a way to confirm that they have been read. */
export interface CompetingAnswers {
  /** Answers of others since this one was begun. */
  missed: readonly AgentMessage[];
  /** They have been read. */
  accept: () => void;
}

/**
 * Collects the answers that others have sent since the reply was begun. `messages` is undefined while they are not loaded:
 * a draft of an earlier visit counts from what the agent now sees.
 */
export function useCompetingAnswers(
  messages: readonly AgentMessage[] | undefined,
  isWriting: boolean,
): CompetingAnswers {
  const { user } = useSession();
  const [since, setSince] = useState<number>();
  const newest = messages?.at(-1)?.id ?? 0;
  const begins = isWriting && messages !== undefined;
  if (begins && since === undefined) setSince(newest);
  if (!begins && since !== undefined) setSince(undefined);
  return {
    missed: (messages ?? []).filter(
      ({ id, message_type, private: isNote, sender }) =>
        id > (since ?? newest) &&
        message_type === MessageType.outgoing &&
        !isNote &&
        !(sender?.type === 'user' && sender.id === user.id),
    ),
    accept: () => setSince(newest),
  };
}

/** Shows the last three of them. Sending is disabled until the agent confirms. */
export function CompetingAnswersWarning({
  missed,
  onAccept,
}: {
  missed: readonly AgentMessage[];
  onAccept: () => void;
}) {
  const t = useConversationWords();
  const last = missed.at(-1);
  const name =
    last?.sender && ('available_name' in last.sender ? last.sender.available_name : last.sender.name);
  return (
    <div
      role="alert"
      className="mx-3 mb-2 flex items-start gap-2 rounded-panel border border-note-line bg-note px-3 py-2 text-note-text"
    >
      <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t('answeredFirst', { name: name ?? t('automatic') })}</p>
        {missed.slice(-3).map((message) => (
          <p key={message.id} className="line-clamp-2 text-ink">
            {toPreview(message) || t('file')}
          </p>
        ))}
      </div>
      <Button size="small" onClick={onAccept}>
        {t('goOn')}
      </Button>
    </div>
  );
}
