/** Where there is no screen, or none that could be drawn. */
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { Compass, Lock } from 'lucide-react';
import type { ComponentType } from 'react';
import { useIsAdministrator } from '../session/session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useShellWords } from './words.ts';

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

export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  const t = useShellWords();
  return <ErrorState error={error} title={t('screenFailed')} onRetry={reset} />;
}

/** The screen, or for others the word that it is not theirs. */
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
