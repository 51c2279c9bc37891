/** Screens for whoever is not signed in. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const signInScreens: readonly ScreenEntry[] = [
  { path: '/sign-in', open: true, load: () => import('./screen.tsx') },
];
