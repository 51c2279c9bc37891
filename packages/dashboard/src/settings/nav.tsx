/** The list of settings pages at the side of every page; on a phone it is a page of its own. */
import { Link, useLocation } from '@tanstack/react-router';
import { paths } from '../route-paths.ts';
import { useIsAdministrator } from '../session/session.ts';
import { classes } from '../ui/classes.ts';
import { useSettingsNavigation } from './navigation.ts';
import { useSettingsWords } from './words.ts';

/** The first run can be opened again at the end. */
export function SettingsNav() {
  const t = useSettingsWords();
  const isAdministrator = useIsAdministrator();
  return (
    <nav aria-label={t('place')} className="flex flex-col gap-4 p-3">
      <p className="px-2 pt-1 text-xl font-semibold md:text-lg">{t('place')}</p>
      {useSettingsNavigation().map(({ heading, places }) => (
        <div key={heading}>
          <p className="px-2 pb-1 text-xs font-medium text-soft">{heading}</p>
          <ul className="flex flex-col gap-px">
            {places.map(({ to, label }) => (
              <li key={to}>
                <Entry to={to} label={label} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {isAdministrator && <Entry to={paths.start} label={t('start')} />}
    </nav>
  );
}

/** Current on its page and all pages beneath. */
function Entry({ to, label }: { to: string; label: string }) {
  const isHere = useLocation({ select: ({ pathname }) => pathname === to || pathname.startsWith(`${to}/`) });
  return (
    <Link
      to={to}
      aria-current={isHere ? 'page' : undefined}
      className={classes(
        'flex h-9 items-center rounded-control px-2 text-base md:h-7 md:text-sm',
        isHere ? 'bg-press font-medium' : 'text-ink hover:bg-hover',
      )}
    >
      {label}
    </Link>
  );
}
