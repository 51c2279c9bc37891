/** The places that have one on the rail, those that this agent may see. */
import { screens } from '../screens.ts';
import { useIsAdministrator } from '../session/session.ts';
import type { RailEntry, ScreenEntry } from './screen-entry.ts';

export interface NavigationItem extends RailEntry {
  label: string;
}

const places = screens
  .filter((screen): screen is ScreenEntry & { rail: RailEntry } => screen.rail !== undefined)
  .sort((a, b) => a.rail.order - b.rail.order);

/** The entries of the rail in their order. */
export function useNavigationItems(): readonly NavigationItem[] {
  const isAdministrator = useIsAdministrator();
  // The table never changes, and all are asked: hooks are called alike each time.
  const labelled = places.map(({ rail, administrator }) => {
    // biome-ignore lint/correctness/useHookAtTopLevel: as said
    return { place: { ...rail, label: rail.useLabel() }, administrator };
  });
  return labelled.filter(({ administrator }) => isAdministrator || !administrator).map(({ place }) => place);
}
