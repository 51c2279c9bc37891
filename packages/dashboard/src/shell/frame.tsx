/** The frame of the desk behind the sign-in: the rail, and the screen beside it. On a phone the rail is at the bottom. */
import { Outlet } from '@tanstack/react-router';
import { DeskProvider } from '../live/desk.tsx';
import { useMaybeSession } from '../session/session.ts';
import { useAlerts } from './alerts.ts';
import { GlobalCommands } from './commands.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Rail } from './rail.tsx';
import { useShellWords } from './words.ts';

/** The first element is the link that skips the rail for keyboard users. */
export function Frame() {
  const t = useShellWords();
  const session = useMaybeSession();
  // After signing out the router needs a moment to leave: the screens must not render without a session.
  if (!session) return null;
  return (
    <DeskProvider>
      <div className="group/frame flex h-dvh flex-col-reverse sm:flex-row">
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-60 focus:rounded-control focus:bg-accent focus:px-3 focus:py-1.5 focus:text-on-accent"
        >
          {t('skip')}
        </a>
        <GlobalBehaviour />
        <Rail />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <ConnectionBanner />
          <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 bg-pane outline-none">
            <Outlet />
          </main>
        </div>
      </div>
    </DeskProvider>
  );
}

/** Alerts and commands need the desk, so they live inside of `DeskProvider`. */
function GlobalBehaviour() {
  useAlerts();
  return <GlobalCommands />;
}
