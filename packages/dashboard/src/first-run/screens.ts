/** What an administrator sees of an account without traffic. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const firstRunScreens: readonly ScreenEntry[] = [
  { path: '/start', load: () => import('./screen.tsx'), administrator: true },
];
