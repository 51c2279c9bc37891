/** The search over conversations, contacts and messages. */
import { Search } from 'lucide-react';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { useSearchWords } from './words.ts';

export const searchScreens: readonly ScreenEntry[] = [
  {
    path: '/search',
    load: () => import('./screen.tsx'),
    rail: {
      icon: Search,
      useLabel: () => useSearchWords()('place'),
      under: '/search',
      order: 4,
      key: 'f',
    },
  },
];
