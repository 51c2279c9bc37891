/** The screen of the first run. */
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const firstRunScreens: readonly ScreenEntry[] = [
  { path: paths.start, load: () => import('./screen.tsx'), administrator: true },
];
