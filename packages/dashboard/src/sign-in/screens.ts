/** Screens for whoever is not signed in. */
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { validateSignInSearch } from './address.ts';

export const signInScreens: readonly ScreenEntry[] = [
  {
    path: paths.signIn,
    open: true,
    validateSearch: validateSignInSearch,
    load: () => import('./screen.tsx'),
  },
];
