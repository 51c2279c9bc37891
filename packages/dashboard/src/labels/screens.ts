/** The page in the settings. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const labelScreens: readonly ScreenEntry[] = [
  { path: '/settings/labels', load: () => import('./screen.tsx'), administrator: true },
];
