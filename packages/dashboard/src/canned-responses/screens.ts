/** The page in the settings. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const cannedResponseScreens: readonly ScreenEntry[] = [
  { path: '/settings/canned-responses', load: () => import('./screen.tsx') },
];
