/** A line that waits for the first message of an inbox, and turns green when it arrives. */
import type { AgentConversation } from '@hoory/client';
import { Link } from '@tanstack/react-router';
import { CircleCheck, ExternalLink, Radio } from 'lucide-react';
import { useFirstConversation } from './first-conversation.ts';
import { useConnectWords } from './words.ts';

interface Props {
  inbox_id: number;
  inbox_identifier: string;
}

/** The link opens the example chat of the inbox, where the first message can be written. */
export function WaitingForMessage({ inbox_id, inbox_identifier }: Props) {
  const t = useConnectWords();
  const first = useFirstConversation(inbox_id);
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-panel border border-line px-4 py-3"
    >
      {first ? <FirstMessageLine conversation={first} /> : <WaitingLine />}
      <a
        href={`/chat/${inbox_identifier}`}
        target="_blank"
        rel="noreferrer"
        title={t('openChatHelp')}
        className="inline-flex items-center gap-1.5 font-medium text-accent-text hover:underline"
      >
        <ExternalLink aria-hidden size={14} />
        {t('openChat')}
      </a>
    </div>
  );
}

/** Nothing has arrived yet. */
function WaitingLine() {
  const t = useConnectWords();
  return (
    <div className="flex min-w-0 flex-1 basis-60 items-center gap-3">
      <Radio aria-hidden size={18} className="shrink-0 animate-pulse text-icon" />
      <div className="min-w-0">
        <p className="font-medium">{t('waiting')}</p>
        <p className="text-soft">{t('waitingHelp')}</p>
      </div>
    </div>
  );
}

/** The first message, with a link that answers it. */
function FirstMessageLine({
  conversation: { id, meta, last_non_activity_message },
}: {
  conversation: AgentConversation;
}) {
  const t = useConnectWords();
  const text = last_non_activity_message?.content || t('aFile');
  return (
    <div className="flex min-w-0 flex-1 basis-60 items-center gap-3">
      <CircleCheck aria-hidden size={18} className="shrink-0 text-green" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-green">{t('arrived')}</p>
        <p className="truncate text-soft">{t('arrivedFrom', { name: meta.sender.name, text })}</p>
      </div>
      <Link to={`/conversations/${id}`} className="font-medium text-accent-text hover:underline">
        {t('answer')}
      </Link>
    </div>
  );
}
