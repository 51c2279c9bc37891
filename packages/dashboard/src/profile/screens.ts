/** The settings pages of the signed-in user. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const profileScreens: readonly ScreenEntry[] = [
  { path: '/settings/profile', load: () => import('./screen.tsx') },
  { path: '/settings/notifications', load: () => import('./notifications-screen.tsx') },
];
