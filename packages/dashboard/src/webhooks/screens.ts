/** Webhooks in the settings: all of them, and one with its ledger. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const webhookScreens: readonly ScreenEntry[] = [
  { path: '/settings/webhooks', load: () => import('./list-screen.tsx'), administrator: true },
  { path: '/settings/webhooks/$id', load: () => import('./webhook-screen.tsx'), administrator: true },
];
