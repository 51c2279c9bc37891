/** The settings page of the system. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const systemScreens: readonly ScreenEntry[] = [
  { path: '/settings/system', load: () => import('./screen.tsx'), administrator: true },
];
