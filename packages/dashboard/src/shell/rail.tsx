/** The rail with the navigation and the user's menu: 48 px wide; on a phone a bar at the bottom. */
import { Link, useLocation } from '@tanstack/react-router';
import { classes } from '../ui/classes.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { type NavigationItem, useNavigationItems } from './navigation.ts';
import { UserMenu } from './user-menu.tsx';
import { useShellWords } from './words.ts';

/** Hidden on a phone while a thread is open, so that the composer gets the space. */
export function Rail() {
  const t = useShellWords();
  const places = useNavigationItems();
  const toPlace = (place: NavigationItem) => <RailLink key={place.under} place={place} />;
  return (
    <nav
      aria-label={t('places')}
      className="flex shrink-0 items-center justify-around gap-1 border-t border-line bg-ground px-2 py-1 pb-[max(4px,env(safe-area-inset-bottom))] group-has-data-thread/frame:max-sm:hidden sm:w-12 sm:flex-col sm:justify-start sm:border-e sm:border-t-0 sm:px-0 sm:py-2"
    >
      {places.filter(({ last }) => !last).map(toPlace)}
      <span className="hidden flex-1 sm:block" />
      {places.filter(({ last }) => last).map(toPlace)}
      <UserMenu />
    </nav>
  );
}

/** A link is current on every page beneath its path. */
function RailLink({ place: { icon: Icon, label, under, key } }: { place: NavigationItem }) {
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
          'grid h-10 w-14 place-items-center rounded-control sm:size-9',
          isHere ? 'bg-press text-ink' : 'text-icon hover:bg-hover hover:text-ink',
        )}
      >
        <Icon aria-hidden size={18} strokeWidth={1.75} />
      </Link>
    </Tooltip>
  );
}
