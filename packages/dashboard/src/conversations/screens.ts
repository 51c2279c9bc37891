/** The agents' main place: list, thread and contact. */
import { Inbox } from 'lucide-react';
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { validateConversationSearch } from './address.ts';
import { useConversationWords } from './words.ts';

export const conversationScreens: readonly ScreenEntry[] = [
  {
    // One route, so that the list stays as it is while conversations are opened.
    path: paths.conversations,
    validateSearch: validateConversationSearch,
    load: () => import('./screen.tsx'),
    rail: {
      icon: Inbox,
      useLabel: () => useConversationWords()('place'),
      under: '/conversations',
      order: 1,
      key: 'c',
    },
  },
];
