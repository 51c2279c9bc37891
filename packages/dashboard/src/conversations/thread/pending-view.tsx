/** A message on its way: as it will look, and what to do when it did not get there. */
import { Clock, RotateCw, Trash2 } from 'lucide-react';
import { useDesk } from '../../live/desk.tsx';
import type { Pending } from '../../live/outbox.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { useReason } from '../../ui/failure.ts';
import { useConversationWords } from '../words.ts';
import { MessageText } from './message-text.tsx';

export function PendingView({ pending, isFirst }: { pending: Pending; isFirst: boolean }) {
  const t = useConversationWords();
  const { outbox } = useDesk();
  const reason = useReason();
  const { echo_id, files, progress } = pending;
  const failed = pending.state === 'failed';
  return (
    <div
      className={classes(
        'flex flex-col',
        isFirst ? 'pt-3' : 'pt-0.5',
        pending.private ? '' : 'items-end pe-9',
      )}
    >
      <div
        className={classes(
          'rounded-bubble px-3 py-1.5 text-base break-words',
          pending.private
            ? 'border border-note-line bg-note'
            : 'own max-w-[min(560px,82%)] bg-accent text-on-accent',
          !failed && 'opacity-70',
        )}
      >
        {pending.content && <MessageText text={pending.content} />}
        {files.map((file) => (
          <p key={file.name} className="text-sm">
            {file.name}
          </p>
        ))}
        {files.length > 0 && !failed && (
          <progress aria-label={t('uploading')} value={progress} className="h-1 w-full" />
        )}
      </div>
      {failed ? (
        <p role="alert" className="mt-1 flex flex-wrap items-center gap-2 px-1 text-xs text-red">
          {pending.error ? reason(pending.error) : t('notSent')}
          <Button size="small" icon={RotateCw} onClick={() => outbox.retry(echo_id)}>
            {t('sendAgain')}
          </Button>
          <Button size="small" look="quiet" icon={Trash2} onClick={() => outbox.discard(echo_id)}>
            {t('discard')}
          </Button>
        </p>
      ) : (
        <span className="px-1 text-soft">
          <Clock aria-label={t('sending')} size={12} />
        </span>
      )}
    </div>
  );
}
