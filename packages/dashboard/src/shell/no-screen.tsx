/**
 * What is shown instead of a screen: an unknown address, a screen that failed to render, a screen for administrators only.
 */
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { Compass, Lock } from 'lucide-react';
import type { ComponentType } from 'react';
import { useIsAdministrator } from '../session/session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useShellWords } from './words.ts';

/** For an address without a screen. */
export function NotFound() {
  const t = useShellWords();
  return (
    <EmptyState
      icon={Compass}
      title={t('noScreen')}
      action={
        <Link to="/conversations" className="font-medium text-accent-text hover:underline">
          {t('toConversations')}
        </Link>
      }
    />
  );
}

/** For an exception while a screen loads or renders; a retry mounts it again. */
export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  const t = useShellWords();
  return <ErrorState error={error} title={t('screenFailed')} onRetry={reset} />;
}

/** Wraps a screen: agents see a notice instead. It is a convenience, since the server refuses their requests. */
export function forAdministrators(Screen: ComponentType): ComponentType {
  return () => {
    const t = useShellWords();
    if (useIsAdministrator()) return <Screen />;
    return (
      <EmptyState icon={Lock} title={t('onlyAdministrators')}>
        {t('askAdministrator')}
      </EmptyState>
    );
  };
}
