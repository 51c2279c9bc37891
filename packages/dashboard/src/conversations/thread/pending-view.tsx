/** A message that is not sent yet: as it will look, with its state, and what to do when sending fails. */
import { Clock, RotateCw, Trash2 } from 'lucide-react';
import { useDesk } from '../../live/desk.tsx';
import type { PendingMessage } from '../../live/outbox.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { useErrorText } from '../../ui/failure.ts';
import { showToast } from '../../ui/toast.tsx';
import { useUiWords } from '../../words/ui.ts';
import { useConversationWords } from '../words.ts';
import { MarkdownText } from './message-text.tsx';

/** A message of the outbox and its place in the group. */
interface Props {
  pending: PendingMessage;
  isFirst: boolean;
  /** It is sent when the server can be reached again. */
  isWaiting: boolean;
}

/** Pale until it is sent; then the server's message takes its place. */
export function PendingView({ pending, isFirst, isWaiting }: Props) {
  const t = useConversationWords();
  const failed = pending.state === 'failed';
  return (
    <div
      className={classes(
        'flex flex-col',
        isFirst ? 'pt-3' : 'pt-0.5',
        pending.private ? '' : 'items-end pe-9',
      )}
    >
      <Bubble pending={pending} isWaiting={isWaiting} />
      {failed && <Failure pending={pending} />}
      {isWaiting && (
        <p className="mt-1 flex flex-wrap items-center gap-2 px-1 text-xs text-soft">
          <Clock aria-hidden size={12} />
          {t('willBeSent')}
          <Discard echo_id={pending.echo_id} />
        </p>
      )}
      {!failed && !isWaiting && (
        <span className="px-1 text-soft">
          <Clock aria-label={t('sending')} size={12} />
        </span>
      )}
    </div>
  );
}

/**
 * Why it failed, with a retry. Files are lost with a reload, so a message may be sent without them; one without any text
 * cannot.
 */
function Failure({ pending: { echo_id, content, error } }: { pending: PendingMessage }) {
  const t = useConversationWords();
  const { outbox } = useDesk();
  const errorText = useErrorText();
  const isLost = error?.code === 'attachments_lost';
  return (
    <p role="alert" className="mt-1 flex flex-wrap items-center gap-2 px-1 text-xs text-red">
      {isLost ? t('filesLost') : errorText(error)}
      {/* Without text there is nothing left to send. */}
      {!(isLost && !content) && (
        <Button size="small" icon={RotateCw} onClick={() => outbox.retry(echo_id)}>
          {t(isLost ? 'sendText' : 'sendAgain')}
        </Button>
      )}
      <Discard echo_id={echo_id} />
    </p>
  );
}

/** Gives the message up, with Undo. */
function Discard({ echo_id }: { echo_id: string }) {
  const t = useConversationWords();
  const ui = useUiWords();
  const { outbox } = useDesk();
  const discard = () => {
    const takeBack = outbox.discard(echo_id);
    showToast({ title: t('discarded'), action: { label: ui('undo'), run: takeBack } });
  };
  return (
    <Button size="small" look="quiet" icon={Trash2} onClick={discard}>
      {t('discard')}
    </Button>
  );
}

/** Shows the progress of an upload. */
function Bubble({ pending, isWaiting }: Pick<Props, 'pending' | 'isWaiting'>) {
  const t = useConversationWords();
  const { files, progress } = pending;
  const failed = pending.state === 'failed';
  return (
    <div
      className={classes(
        'rounded-bubble px-3 py-1.5 text-base break-words',
        pending.private
          ? 'border border-note-line bg-note'
          : 'own max-w-[min(560px,82%)] bg-accent text-on-accent',
        !failed && 'opacity-70',
      )}
    >
      {pending.content && <MarkdownText text={pending.content} />}
      {files.map((file) => (
        <p key={file.name} className="text-sm">
          {file.name}
        </p>
      ))}
      {files.length > 0 && !failed && !isWaiting && (
        <progress aria-label={t('uploading')} value={progress} className="h-1 w-full" />
      )}
    </div>
  );
}
