/** The desk: the rail, and the screen beside it. On a phone the rail lies at the bottom. */
import { Outlet } from '@tanstack/react-router';
import { DeskProvider } from '../live/desk.tsx';
import { useMaybeSession } from '../session/session.ts';
import { useAlerts } from './alerts.ts';
import { GlobalCommands } from './commands.tsx';
import { Rail } from './rail.tsx';
import { useShellWords } from './words.ts';

export function Frame() {
  const t = useShellWords();
  const session = useMaybeSession();
  // Signing out: the router is on its way to the sign-in.
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
        <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 bg-pane outline-none">
          <Outlet />
        </main>
      </div>
    </DeskProvider>
  );
}

/** What the whole desk has besides its screens. */
function GlobalBehaviour() {
  useAlerts();
  return <GlobalCommands />;
}
