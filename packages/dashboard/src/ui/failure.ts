/** Why something failed, in words for people. */
import { HooryError } from '@hoory/client';
import { useUiWords } from '../words/ui.ts';
import { showToast } from './toast.tsx';

/** Says why in words for people. */
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

/** Tells in a toast that something failed: what was tried, why, and the request. */
export function useErrorToast(): (title: string, error: unknown) => void {
  const reason = useErrorText();
  return (title, error) =>
    showToast({ title, description: reason(error), failed: true, requestId: requestIdOf(error) });
}

export const requestIdOf = (error: unknown): string | undefined =>
  error instanceof HooryError ? error.requestId : undefined;
