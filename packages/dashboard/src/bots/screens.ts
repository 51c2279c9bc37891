/** Bots in the settings: all of them, and one with its ledger. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const botScreens: readonly ScreenEntry[] = [
  { path: '/settings/bots', load: () => import('./screen.tsx'), administrator: true },
  { path: '/settings/bots/$id', load: () => import('./bot-screen.tsx'), administrator: true },
];
