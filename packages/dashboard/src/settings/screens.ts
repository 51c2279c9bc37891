/** The settings: their list, and the pages that each area brings. */
import { Settings } from 'lucide-react';
import { accountScreens } from '../account/screens.ts';
import { agentScreens } from '../agents/screens.ts';
import { attributeScreens } from '../attributes/screens.ts';
import { botScreens } from '../bots/screens.ts';
import { cannedResponseScreens } from '../canned-responses/screens.ts';
import { firstRunScreens } from '../first-run/screens.ts';
import { inboxScreens } from '../inboxes/screens.ts';
import { labelScreens } from '../labels/screens.ts';
import { profileScreens } from '../profile/screens.ts';
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { systemScreens } from '../system/screens.ts';
import { teamScreens } from '../teams/screens.ts';
import { webhookScreens } from '../webhooks/screens.ts';
import { useSettingsWords } from './words.ts';

export const settingsScreens: readonly ScreenEntry[] = [
  {
    path: paths.settings,
    load: () => import('./screen.tsx'),
    rail: {
      icon: Settings,
      useLabel: () => useSettingsWords()('place'),
      under: '/settings',
      order: 90,
      key: 's',
    },
  },
  ...firstRunScreens,
  ...profileScreens,
  ...accountScreens,
  ...inboxScreens,
  ...webhookScreens,
  ...botScreens,
  ...agentScreens,
  ...teamScreens,
  ...labelScreens,
  ...attributeScreens,
  ...cannedResponseScreens,
  ...systemScreens,
];
