/** The pages of the settings in groups, those that the agent may see. */
import { useIsAdministrator } from '../session/session.ts';
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
      { to: 'attributes', administrator: true },
      { to: 'canned-responses', label: 'cannedResponses' },
      { to: 'system', administrator: true },
    ],
  },
] as const satisfies readonly Group[];

/** Keys of words, so that the table is independent of the language. */
interface Group {
  heading: string;
  places: readonly { to: string; label?: string; administrator?: true }[];
}

/** A page with its label. */
export interface SettingsPage {
  to: string;
  label: string;
}

/** The groups with labels in the current language. A group without visible pages is left out. */
export function useSettingsNavigation(): readonly { heading: string; places: readonly SettingsPage[] }[] {
  const t = useSettingsWords();
  const isAdministrator = useIsAdministrator();
  return groups
    .map(({ heading, places }) => ({
      heading: t(heading),
      places: places
        .filter((place) => isAdministrator || !('administrator' in place))
        .map((place) => ({
          to: `/settings/${place.to}`,
          label: t('label' in place ? place.label : place.to),
        })),
    }))
    .filter(({ places }) => places.length > 0);
}
