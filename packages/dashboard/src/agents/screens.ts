/** The agents of the account, in the settings. */
import type { ScreenEntry } from '../shell/screen-entry.ts';

export const agentScreens: readonly ScreenEntry[] = [
  { path: '/settings/agents', load: () => import('./screen.tsx'), administrator: true },
];
