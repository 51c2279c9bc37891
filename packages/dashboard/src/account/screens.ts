/** The settings page of the account. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const accountScreens: readonly ScreenEntry[] = [
  { path: '/settings/account', load: () => import('./screen.tsx'), administrator: true },
];
