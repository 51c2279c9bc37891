/** Inboxes in the settings: all of them, and one with what can be set of it. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const inboxScreens: readonly ScreenEntry[] = [
  { path: '/settings/inboxes', load: () => import('./list-screen.tsx'), administrator: true },
  { path: '/settings/inboxes/$id/{-$tab}', load: () => import('./inbox-screen.tsx'), administrator: true },
];
