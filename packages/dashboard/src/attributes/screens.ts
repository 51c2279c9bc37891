/** The page in the settings. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const attributeScreens: readonly ScreenEntry[] = [
  { path: '/settings/attributes', load: () => import('./screen.tsx'), administrator: true },
];
