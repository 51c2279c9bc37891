/** The page in the settings. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const botScreens: readonly ScreenEntry[] = [
  { path: '/settings/bots', load: () => import('./screen.tsx'), administrator: true },
];
