/** The banner above the screens while events do not arrive by socket: what is wrong, what still works, what helps. */
import { Link } from '@tanstack/react-router';
import { WifiOff } from 'lucide-react';
import { useConnectionCause } from '../live/use-connection-cause.ts';
import { useIsAdministrator } from '../session/session.ts';
import { useShellWords } from './words.ts';

/** Nothing while the socket works. The region stays, so that screen readers announce what comes into it. */
export function ConnectionBanner() {
  const t = useShellWords();
  const cause = useConnectionCause();
  const isAdministrator = useIsAdministrator();
  return (
    <div role="status" className="shrink-0">
      {cause && (
        <p className="flex items-start gap-2 border-b border-line bg-note px-4 py-2 text-note-text">
          <WifiOff aria-hidden size={16} className="mt-0.5 shrink-0" />
          <span className="min-w-0">
            <span className="font-medium">{t(`cause_${cause}`)}</span> {t(`cause_${cause}_help`)}{' '}
            {cause === 'blocked' && isAdministrator && (
              <Link to="/settings/system" className="underline">
                {t('toSystem')}
              </Link>
            )}
          </span>
        </p>
      )}
    </div>
  );
}
