/** The rail: the places of the desk, and who is signed in. 48 px wide; on a phone a bar at the bottom. */
import { Link, useLocation } from '@tanstack/react-router';
import { screens } from '../screens.ts';
import { useIsAdministrator } from '../session/session.ts';
import { classes } from '../ui/classes.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { Person } from './person.tsx';
import type { RailEntry, ScreenEntry } from './screen-entry.ts';
import { useShellWords } from './words.ts';

const places = screens
  .filter((screen): screen is ScreenEntry & { rail: RailEntry } => screen.rail !== undefined)
  .sort((a, b) => a.rail.order - b.rail.order);

export function Rail() {
  const t = useShellWords();
  const isAdministrator = useIsAdministrator();
  const shown = places
    .filter(({ administrator }) => isAdministrator || !administrator)
    .map(({ rail }) => rail);
  const toPlace = (rail: RailEntry) => <Place key={rail.under} {...rail} />;
  return (
    <nav
      aria-label={t('places')}
      className="flex shrink-0 items-center gap-1 border-t border-line bg-ground px-2 py-1 pb-[max(4px,env(safe-area-inset-bottom))] sm:w-12 sm:flex-col sm:border-e sm:border-t-0 sm:px-0 sm:py-2"
    >
      {shown.filter(({ last }) => !last).map(toPlace)}
      <span className="hidden flex-1 sm:block" />
      {shown.filter(({ last }) => last).map(toPlace)}
      <Person />
    </nav>
  );
}

function Place({ icon: Icon, useLabel, under, key }: RailEntry) {
  const label = useLabel();
  const isHere = useLocation({
    select: ({ pathname }) => pathname === under || pathname.startsWith(`${under}/`),
  });
  return (
    <Tooltip label={label} keys={key && `g+${key}`} side="inline-end">
      <Link
        to={under}
        aria-label={label}
        aria-current={isHere ? 'page' : undefined}
        className={classes(
          'grid h-10 flex-1 place-items-center rounded-control sm:size-9 sm:flex-none',
          isHere ? 'bg-press text-ink' : 'text-icon hover:bg-hover hover:text-ink',
        )}
      >
        <Icon aria-hidden size={18} strokeWidth={1.75} />
      </Link>
    </Tooltip>
  );
}
