/** What became of an own message: ticks, with words. */
import type { AgentMessage } from '@hoory/client';
import { Check, CheckCheck, CircleAlert } from 'lucide-react';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useConversationWords } from '../words.ts';

/** Only the last message of a group says so, or one that failed. */
export function Status({ message, isLast }: { message: AgentMessage; isLast: boolean }) {
  const t = useConversationWords();
  const { status } = message;
  if (!isLast && status !== 'failed') return null;
  const { external_error } = message.content_attributes;
  if (status === 'failed')
    return (
      <p className="flex items-center gap-1 px-1 text-xs text-red">
        <CircleAlert aria-hidden size={12} /> {t('failed')}
        {typeof external_error === 'string' && `: ${external_error}`}
      </p>
    );
  const Icon = status === 'sent' ? Check : CheckCheck;
  return (
    <Tooltip label={t(`${status}Help`)}>
      <span className="px-1 text-xs text-soft">
        <Icon
          aria-label={t(status)}
          size={14}
          className={status === 'read' ? 'text-accent-text' : undefined}
        />
      </span>
    </Tooltip>
  );
}
