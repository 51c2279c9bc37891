/**
 * The delivery status of an outgoing message as ticks, in words on hover; administrators also see the deliveries to
 * webhooks.
 */
import type { AgentMessage } from '@hoory/client';
import { Check, CheckCheck, CircleAlert } from 'lucide-react';
import { useIsAdministrator } from '../../session/session.ts';
import { Popover } from '../../ui/popover.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useConversationWords } from '../words.ts';
import { Deliveries } from './deliveries.tsx';

/** Only the last message of a group shows its status, to keep the thread quiet; a failed message always does. */
export function Status({ message, isLast }: { message: AgentMessage; isLast: boolean }) {
  const isAdministrator = useIsAdministrator();
  if (!isLast && message.status !== 'failed') return null;
  return isAdministrator ? <StatusPopover message={message} /> : <StatusTooltip message={message} />;
}

/** For administrators: the status with the deliveries behind it. */
function StatusPopover({ message }: { message: AgentMessage }) {
  const t = useConversationWords();
  return (
    <Popover
      label={t('whatBecame', { status: t(message.status) })}
      align="end"
      className="w-84 text-sm"
      trigger={
        <button
          type="button"
          title={t(`${message.status}Help`)}
          aria-label={t('whatBecame', { status: t(message.status) })}
          className="rounded-control px-1 hover:bg-hover"
        >
          <StatusIcon message={message} />
        </button>
      }
    >
      <p className="mb-2 font-medium">{t(`${message.status}Help`)}</p>
      <Deliveries message_id={message.id} />
    </Popover>
  );
}

/** For agents, who may not read deliveries. */
function StatusTooltip({ message }: { message: AgentMessage }) {
  const t = useConversationWords();
  return (
    <Tooltip label={t(`${message.status}Help`)}>
      <span className="px-1">
        <StatusIcon message={message} />
      </span>
    </Tooltip>
  );
}

/**
 * One tick for sent, two for delivered, two in the accent colour for read. A failure is written out with the reason of the
 * receiving side.
 */
function StatusIcon({ message: { status, content_attributes } }: { message: AgentMessage }) {
  const t = useConversationWords();
  const { external_error } = content_attributes;
  if (status === 'failed')
    return (
      <span className="flex items-center gap-1 text-xs text-red">
        <CircleAlert aria-hidden size={12} /> {t('failed')}
        {typeof external_error === 'string' && `: ${external_error}`}
      </span>
    );
  const Icon = status === 'sent' ? Check : CheckCheck;
  return (
    <Icon
      role="img"
      aria-label={t(status)}
      size={14}
      className={status === 'read' ? 'text-accent-text' : 'text-soft'}
    />
  );
}
