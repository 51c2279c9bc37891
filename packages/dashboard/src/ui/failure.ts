/** Errors as text for agents. */
import { HooryError } from '@hoory/client';
import { useUiWords } from '../words/ui.ts';
import { showToast } from './toast.tsx';

/**
 * Returns the text of an error. Only a refusal (4xx) shows the server's own sentence, which is written for people; other
 * errors get a text of the desk.
 */
export function useErrorText(): (error: unknown) => string {
  const t = useUiWords();
  return (error) => {
    if (!(error instanceof HooryError)) return t('unknownFault');
    if (error.code === 'network') return t('offline');
    if (error.code === 'timeout') return t('tooSlow');
    if (error.code === 'not_found') return t('notFound');
    if (error.status >= 500) return t('serverFault');
    return error.message;
  };
}

/** Returns a function that shows a toast: what was tried, why it failed, and the request id. */
export function useErrorToast(): (title: string, error: unknown) => void {
  const errorText = useErrorText();
  return (title, error) =>
    showToast({ title, description: errorText(error), failed: true, requestId: requestIdOf(error) });
}

/** The id under which the server has logged the request; undefined when no answer came. */
export const requestIdOf = (error: unknown): string | undefined =>
  error instanceof HooryError ? error.requestId : undefined;
