/** The error in place of something that could not be loaded. */
import { CircleAlert } from 'lucide-react';
import { useUiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { requestIdOf, useErrorText } from './failure.ts';
import { CopyRequestId } from './request-id.tsx';

interface Props {
  error: unknown;
  /** The failed attempt: "The conversations could not be loaded". */
  title: string;
  onRetry?: () => void;
}

/**
 * Shown in place of something that could not be loaded: what was tried, why it failed, a retry, and the request id for
 * whoever runs the server.
 */
export function ErrorState({ error, title, onRetry }: Props) {
  const t = useUiWords();
  const errorText = useErrorText();
  return (
    <div role="alert" className="flex h-full flex-col items-center justify-center gap-1 p-6 text-center">
      <CircleAlert aria-hidden size={22} className="mb-2 text-red" strokeWidth={1.75} />
      <p className="text-base font-medium">{title}</p>
      <p className="max-w-90 text-soft">{errorText(error)}</p>
      {onRetry && (
        <Button onClick={onRetry} className="mt-3">
          {t('tryAgain')}
        </Button>
      )}
      <CopyRequestId id={requestIdOf(error)} />
    </div>
  );
}
