/** The page in the settings. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const teamScreens: readonly ScreenEntry[] = [
  { path: '/settings/teams', load: () => import('./screen.tsx'), administrator: true },
];
