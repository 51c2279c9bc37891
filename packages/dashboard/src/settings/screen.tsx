/** All settings: their list on a phone; with more room the first page of them, beside the list. */
import { Navigate } from '@tanstack/react-router';
import { useIsAdministrator } from '../session/session.ts';
import { SettingsNav } from './nav.tsx';

/** On a phone the list of pages; otherwise the first page of the agent's settings. */
export function Screen() {
  const isAdministrator = useIsAdministrator();
  const isWide = matchMedia('(min-width: 48rem)').matches;
  if (isWide) return <Navigate to={isAdministrator ? '/settings/inboxes' : '/settings/profile'} replace />;
  return (
    <div className="h-full overflow-y-auto">
      <SettingsNav />
    </div>
  );
}
