/** The entries of the rail that the signed-in agent may see. */
import { screens } from '../screens.ts';
import { useIsAdministrator } from '../session/session.ts';
import type { RailEntry, ScreenEntry } from './screen-entry.ts';

/** An entry with its label in the current language. */
export interface NavigationItem extends RailEntry {
  label: string;
}

const places = screens
  .filter((screen): screen is ScreenEntry & { rail: RailEntry } => screen.rail !== undefined)
  .sort((a, b) => a.rail.order - b.rail.order);

/** The entries of the rail in their order. */
export function useNavigationItems(): readonly NavigationItem[] {
  const isAdministrator = useIsAdministrator();
  // A hook in a loop is safe here: the table never changes, and every label is read before the filter.
  const labelled = places.map(({ rail, administrator }) => {
    // biome-ignore lint/correctness/useHookAtTopLevel: same calls in the same order at every render
    return { place: { ...rail, label: rail.useLabel() }, administrator };
  });
  return labelled.filter(({ administrator }) => isAdministrator || !administrator).map(({ place }) => place);
}
