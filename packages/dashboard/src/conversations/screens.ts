/** The agents' main place: list, thread and contact. */
import { Inbox } from 'lucide-react';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { useConversationWords } from './words.ts';

export const conversationScreens: readonly ScreenEntry[] = [
  {
    // One route, so that the list stays as it is while conversations are opened.
    path: '/conversations/{-$id}',
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
