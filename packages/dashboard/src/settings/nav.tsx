/** The list of what can be set, at the side of every page of the settings; on a phone it is a page of its own. */
import { Link, useLocation } from '@tanstack/react-router';
import { useIsAdministrator } from '../session/session.ts';
import { classes } from '../ui/classes.ts';
import { useSettingsWords } from './words.ts';

const groups = [
  { heading: 'you', places: [{ to: 'profile' }, { to: 'notifications' }] },
  {
    heading: 'channels',
    places: [
      { to: 'inboxes', administrator: true },
      { to: 'webhooks', administrator: true },
      { to: 'bots', administrator: true },
    ],
  },
  {
    heading: 'account',
    places: [
      { to: 'account', label: 'accountSettings', administrator: true },
      { to: 'agents', administrator: true },
      { to: 'teams', administrator: true },
      { to: 'labels', administrator: true },
      { to: 'canned-responses', label: 'cannedResponses' },
    ],
  },
] as const satisfies readonly Group[];

interface Group {
  heading: string;
  places: readonly { to: string; label?: string; administrator?: true }[];
}

export function SettingsNav() {
  const t = useSettingsWords();
  const isAdministrator = useIsAdministrator();
  return (
    <nav aria-label={t('place')} className="flex flex-col gap-4 p-3">
      <p className="px-2 pt-1 text-xl font-semibold md:text-lg">{t('place')}</p>
      {groups.map(({ heading, places }) => {
        const open = places.filter((place) => isAdministrator || !('administrator' in place));
        if (!open.length) return null;
        return (
          <div key={heading}>
            <p className="px-2 pb-1 text-xs font-medium text-soft">{t(heading)}</p>
            <ul className="flex flex-col gap-px">
              {open.map((place) => (
                <li key={place.to}>
                  <Entry to={`/settings/${place.to}`} label={t('label' in place ? place.label : place.to)} />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {isAdministrator && <Entry to="/start" label={t('start')} />}
    </nav>
  );
}

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
